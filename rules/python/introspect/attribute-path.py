import operator

# ruleid: python.introspect.attribute-path
operator.attrgetter("__class__.__base__.__subclasses__")(())()
# ok: python.introspect.attribute-path
sorted(rows, key=operator.attrgetter("name"))
# ok: python.introspect.attribute-path
operator.methodcaller("__len__")([])
