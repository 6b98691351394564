# What every target of the project shares, and the two functions that make one.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

include(${PROJECT_SOURCE_DIR}/cmake/Unity.cmake)

# Nothing may fuse or reorder floating point behind the source's back: the
# same bits everywhere are a promise.
add_library(mtlkit_flags INTERFACE)
target_compile_options(mtlkit_flags INTERFACE
  -ffp-contract=off -Wall -Wextra -Wpedantic
  # Of sources compiled as one, a local name may be a private one of another.
  $<$<NOT:$<BOOL:${MTLKIT_UNITY}>>:-Wshadow>
  -Wconversion -Wdouble-promotion
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>
  $<$<COMPILE_LANGUAGE:CXX>:-Woverloaded-virtual>
  # g++ 12 sees overlaps in std::string where there are none (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<BOOL:${MTLKIT_WERROR}>:-Werror>)
target_include_directories(mtlkit_flags INTERFACE ${PROJECT_SOURCE_DIR}/lib)
target_compile_definitions(mtlkit_flags INTERFACE
  EIGEN_DONT_PARALLELIZE
  $<$<BOOL:${MTLKIT_REAL64}>:MTLKIT_REAL64>)
if(MTLKIT_SANITIZE)
  target_compile_options(mtlkit_flags INTERFACE
    -fsanitize=${MTLKIT_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all
    # What is wrong with the library shows in the library; in all that tests
    # say it costs a third of the time of the compiler.
    $<$<BOOL:$<TARGET_PROPERTY:MTLKIT_IS_TEST>>:-fno-sanitize=undefined>
    # g++ takes the sanitizers' own code for uses of what is not initialised.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(mtlkit_flags INTERFACE -fsanitize=${MTLKIT_SANITIZE})
endif()

# A check is one call: the compiler needs a fifth less than for a try block each.
set(MTLKIT_TEST_OPTIONS -DDOCTEST_CONFIG_SUPER_FAST_ASSERTS)
# Tests spend their time in the library, and the compiler's is a third less so.
# `dev` is for those who debug them.
if(CMAKE_BUILD_TYPE STREQUAL Release OR MTLKIT_SANITIZE)
  list(APPEND MTLKIT_TEST_OPTIONS -O0)
endif()

# The headers that nearly every unit reads are compiled once. Sources still
# include what they use: `make tidy` builds without this.
include(${PROJECT_SOURCE_DIR}/cmake/Fast.cmake)

# mtlkit_module(NAME SOURCES ... [DEPENDS ...] [LIBRARIES ...]
#               [PRIVATE_LIBRARIES ...])
# One module of the library: a folder, a static library, a target.
# DEPENDS names other modules, the two LIBRARIES third-party targets.
function(mtlkit_module name)
  cmake_parse_arguments(ARG "" ""
    "SOURCES;DEPENDS;LIBRARIES;PRIVATE_LIBRARIES" ${ARGN})
  add_library(mtlkit_${name} STATIC ${ARG_SOURCES})
  list(TRANSFORM ARG_DEPENDS PREPEND mtlkit_)
  target_link_libraries(mtlkit_${name}
    PUBLIC mtlkit_flags ${ARG_DEPENDS} ${ARG_LIBRARIES}
    PRIVATE ${ARG_PRIVATE_LIBRARIES})
  # What meets every cell of a table is faster at -O2. The rest has its loops
  # in the kernels, and takes the compiler a quarter less this way.
  if(name MATCHES "^(base|data|kernels|prep|text)$")
    set(optimization -O2)
  else()
    set(optimization
      -O1 -finline-functions -finline-small-functions -fpartial-inlining)
  endif()
  target_compile_options(mtlkit_${name} PRIVATE
    "$<$<CONFIG:Release>:${optimization}>")
  # Sources compiled as one would otherwise be linked as one, and what no tool
  # calls slows its start.
  target_compile_options(mtlkit_${name} PRIVATE
    $<$<CONFIG:Release>:-ffunction-sections$<SEMICOLON>-fdata-sections>)
  # The kernels include little, and each of them several times itself.
  if(NOT name STREQUAL kernels)
    mtlkit_precompiled(mtlkit_${name} mtlkit_headers)
    mtlkit_unity(mtlkit_${name})
  endif()
endfunction()

# mtlkit_test(NAME SOURCES ... DEPENDS ... [LIBRARIES ...])
# One doctest program, build/bin/test-NAME, run by ctest as NAME.
function(mtlkit_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_executable(test-${name} ${ARG_SOURCES})
  list(TRANSFORM ARG_DEPENDS PREPEND mtlkit_)
  target_link_libraries(test-${name} PRIVATE
    mtlkit_flags mtlkit_doctest ${ARG_DEPENDS} ${ARG_LIBRARIES})
  set_target_properties(test-${name} PROPERTIES MTLKIT_IS_TEST ON)
  mtlkit_precompiled(test-${name} mtlkit_test_headers)
  mtlkit_unity(test-${name})
  target_compile_options(test-${name} PRIVATE ${MTLKIT_TEST_OPTIONS})
  target_include_directories(test-${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  add_dependencies(unit-tests test-${name})
  add_test(NAME ${name} COMMAND test-${name})
  set_tests_properties(${name} PROPERTIES LABELS unit SKIP_RETURN_CODE 77)
endfunction()

# mtlkit_script_test(NAME SCRIPT [ARGUMENTS ...])
# A shell script of the current folder that ctest runs as NAME, with
# MTLKIT_BIN (the tools), MTLKIT_SOURCE_DIR and a folder of its own as working
# directory. It exits with 0, with 77 after a line "skipped: REASON", or fails.
function(mtlkit_script_test name script)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${name})
  file(MAKE_DIRECTORY ${folder})
  add_test(NAME ${name} WORKING_DIRECTORY ${folder}
    COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/${script} ${ARGN})
  set_tests_properties(${name} PROPERTIES LABELS e2e SKIP_RETURN_CODE 77
    ENVIRONMENT "MTLKIT_BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY};MTLKIT_SOURCE_DIR=${PROJECT_SOURCE_DIR}")
endfunction()
