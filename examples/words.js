// The most frequent words of a text. Computes, writes a file into the scratch folder, reads it again.
const fs = require('fs');

const text = 'the cat and the dog and the bird: what was not granted is not there to be used';
const counts = new Map();
for (const word of text.match(/[a-z]+/g)) counts.set(word, (counts.get(word) || 0) + 1);
const table = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 3);
fs.writeFileSync('words.json', JSON.stringify(table));
for (const [word, count] of JSON.parse(fs.readFileSync('words.json', 'utf8'))) console.log(`${word}: ${count}`);
