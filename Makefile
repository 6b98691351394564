# A thin wrapper: CMake does the work. `make help` lists what there is.

PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
# Several sources at once: faster from nothing, slower after each change.
UNITY ?= ON
# Ninja, where it is, for what is configured for the first time.
GENERATOR ?= $(if $(wildcard $(BUILD)/CMakeCache.txt),,\
  $(if $(shell command -v ninja),-G Ninja))

.DEFAULT_GOAL := all
.PHONY: all help configure demo demo-images test bench bench-peers install uninstall docs \
        format tidy clean test-long test-sanitized test-interop test-interop-full

# "make install PREFIX=~/.local": not every shell expands this tilde.
override PREFIX := $(patsubst ~/%,$(HOME)/%,$(patsubst ~,$(HOME),$(PREFIX)))

all: configure ## install what is missing, build the tools into build/bin/
	@cmake --build $(BUILD) -j $(JOBS) --target tools

configure: ## install what is missing and configure a release build
	@cmake/install-dependencies.sh
	@cmake -S . -B $(BUILD) $(GENERATOR) -DCMAKE_BUILD_TYPE=Release \
	  -DMTLKIT_UNITY=$(UNITY)

demo: configure ## the whole job on data-samples/, every command echoed
	@cmake --build $(BUILD) -j $(JOBS) --target demo-tools
	@PATH="$(abspath $(BUILD))/bin:$$PATH" bash tests/e2e/demo.sh

demo-images: configure ## pictures to a class and a mask, on data-samples/
	@cmake --build $(BUILD) -j $(JOBS) --target demo-tools
	@PATH="$(abspath $(BUILD))/bin:$$PATH" bash tests/e2e/demo_images.sh

test: configure ## build and run all tests, of long campaigns a sample
	@cmake --build $(BUILD) -j $(JOBS)
	@tests/run.sh $(BUILD)

test-long: configure ## the same with campaigns in full
	@cmake --build $(BUILD) -j $(JOBS)
	@MTLKIT_LONG=1 tests/run.sh $(BUILD)

test-sanitized: ## the unit tests in double, under sanitizers, in build/asan64
	@cmake/install-dependencies.sh
	@cmake --preset asan64 -DMTLKIT_BENCH=OFF
	@cmake --build --preset asan64 -j $(JOBS) --target unit-tests
	@LSAN_OPTIONS=suppressions=$(CURDIR)/tests/lsan.supp:print_suppressions=0 \
	  tests/run.sh build/asan64 -L unit

test-interop: all ## compare with ONNX Runtime, Keras, NumPy ... (in an environment of its own)
	@tests/interop/run.sh $(BUILD)/bin light

test-interop-full: all ## the same with PyTorch, TensorFlow and Keras 3.0 (gigabytes)
	@tests/interop/run.sh $(BUILD)/bin full

bench: all ## how fast, as ratios
	@cmake --build $(BUILD) -j $(JOBS) --target mtl-bench
	@$(BUILD)/bin/mtl-bench

bench-peers: all ## the same beside PyTorch (in an environment of its own)
	@cmake --build $(BUILD) -j $(JOBS) --target mtl-bench
	@tests/bench/peers/run.sh $(BUILD)/bin/mtl-bench

install: all ## install the tools under PREFIX (default /usr/local), in DESTDIR
	@DESTDIR="$(DESTDIR)" cmake --install $(BUILD) --prefix "$(PREFIX)"

uninstall: ## remove what the last `make install` put in place
	@test -f $(BUILD)/install_manifest.txt || \
	  { echo "nothing was installed from here: no $(BUILD)/install_manifest.txt"; \
	    exit 1; }
	@sed 's#^#$(DESTDIR)#' $(BUILD)/install_manifest.txt | xargs -d '\n' rm -fv

docs: all ## write docs/reference again from the definitions in the tools
	@docs/make-reference.sh $(BUILD)/bin docs/reference

format: ## format all sources (clang-format)
	@git ls-files '*.h' '*.cpp' | xargs clang-format -i

tidy: ## check all sources (clang-tidy), in build/tidy
	@cmake --preset tidy
	@cmake --build --preset tidy -j $(JOBS)

clean: ## remove everything that was built
	@rm -rf $(BUILD)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | \
	  awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'
