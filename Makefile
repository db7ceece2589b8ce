# Two commands: `make demo` shows cordon at work, `make check` passes every test. Both install what is missing first.
# meson is the build; this file only calls it.
BUILD ?= build
MESON_ARGS ?=

.PHONY: all demo check deps build install format fuzz bench clean

all: build

deps:
	@sh scripts/setup.sh

build: deps
	@test -f $(BUILD)/build.ninja || meson setup $(BUILD) $(MESON_ARGS)
	@ninja -C $(BUILD)

demo: build
	@sh scripts/demo.sh $(BUILD)/cordon

check: build
	@sh scripts/check.sh $(BUILD)

install: build
	@meson install -C $(BUILD)

format: deps
	@clang-format -i $$(git ls-files '*.c' '*.h')

fuzz: deps
	@sh scripts/fuzz.sh

bench: build
	@python3 bench/bench.py $(BUILD)

clean:
	@rm -rf $(BUILD)
