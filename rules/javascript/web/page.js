const express = require('express');
const xml = require('libxmljs');
// ruleid: javascript.web.inner-html
node.innerHTML = text;
// ok: javascript.web.inner-html
node.innerHTML = '<b>x</b>';
// ok: javascript.web.inner-html
node.textContent = text;

// ruleid: javascript.web.unescaped
const p = { dangerouslySetInnerHTML: x };
// ruleid: javascript.web.unescaped
view.escapeMarkup = false;
// ok: javascript.web.unescaped
const p = { innerText: x };

// ruleid: javascript.web.sql
db.query('SELECT * FROM t WHERE id = ' + id);
// ruleid: javascript.web.sql
db.run(`DELETE FROM t WHERE id = ${id}`);
// ok: javascript.web.sql
db.query('SELECT * FROM t WHERE id = ?', [id]);
// ok: javascript.web.sql
db.query(`x ${y}`);

// ruleid: javascript.web.regex-from-text
new RegExp(text);
// ok: javascript.web.regex-from-text
new RegExp('a+');

// ruleid: javascript.web.computed-call
table[req.body.action]();
// ok: javascript.web.computed-call
table[name]();

// ruleid: javascript.web.redirect
res.redirect(req.query.next);
// ok: javascript.web.redirect
res.redirect('/home');

// ruleid: javascript.web.cookie
res.cookie('a', 'b', { httpOnly: false });
// ok: javascript.web.cookie
res.cookie('a', 'b', { httpOnly: true });

// ruleid: javascript.web.xml-entities
xml.parseXml(t, { noent: true });
// ok: javascript.web.xml-entities
xml.parseXml(t);

// ruleid: javascript.web.hidden-errors
const w = { nodeIntegration: true };
// ok: javascript.web.hidden-errors
const w = { nodeIntegration: false };
