// The same from Node: each tool gives a promise.
const { tools } = require('cordon');

async function main() {
  const articles = ['A-7', 'B-2', 'C-9'];
  const prices = await Promise.allSettled(articles.map((article) => tools.price({ article })));
  prices.forEach((price, i) => console.log(articles[i], price.value ?? `unknown (${price.reason.message})`));
  console.log('sold in May:', await tools.sales({ article: 'A-7', month: 5 }));
}

main();
