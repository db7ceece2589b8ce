from flask import Flask, request, redirect, render_template_string
import jinja2
from markupsafe import Markup
from django.utils.safestring import mark_safe
from django.db.models.expressions import RawSQL
# ruleid: python.web.sql
cursor.execute(f"SELECT * FROM t WHERE id = {key}")
# ruleid: python.web.sql
cursor.execute("DELETE FROM t WHERE id = %s" % key)
# ok: python.web.sql
cursor.execute("SELECT * FROM t WHERE id = ?", (key,))
# ok: python.web.sql
cursor.execute(f"{name}")

# ruleid: python.web.django-raw
RawSQL("select 1", [])
# ruleid: python.web.django-raw
Person.objects.raw(query)
# ok: python.web.django-raw
Person.objects.filter(name="x")

# ruleid: python.web.unescaped
jinja2.Environment(autoescape=False)
# ruleid: python.web.unescaped
mark_safe(text)
# ruleid: python.web.unescaped
Markup(text)
# ok: python.web.unescaped
jinja2.Environment(autoescape=True)
# ok: python.web.unescaped
mark_safe("<b>x</b>")

# ruleid: python.web.template-text
render_template_string("<b>" + request.args["x"] + "</b>")
# ok: python.web.template-text
render_template_string("<b>{{ x }}</b>", x=request.args["x"])

# ruleid: python.web.debug
app.run(debug=True)
# ruleid: python.web.debug
DEBUG = True
# ok: python.web.debug
app.run()
# ok: python.web.debug
DEBUG = False

# ruleid: python.web.redirect
redirect(request.args.get("next"))
# ok: python.web.redirect
redirect("/home")

# ruleid: python.web.cookie
response.set_cookie("a", "b", httponly=False)
# ok: python.web.cookie
response.set_cookie("a", "b", httponly=True, secure=True)
