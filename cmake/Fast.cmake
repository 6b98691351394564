# A change must not take long to try: precompiled headers, and ccache and a
# faster linker where they are installed.

find_program(MTLKIT_CCACHE ccache)
if(MTLKIT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Precompiled headers need these (ccache's manual, "Precompiled headers").
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    ${MTLKIT_CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    add_compile_options(-fpch-preprocess)
  endif()
endif()

find_program(MTLKIT_LLD ld.lld)
if(MTLKIT_LLD)
  add_link_options(-fuse-ld=lld)
endif()

# Libraries may be compiled before those that they need are done.
set(CMAKE_OPTIMIZE_DEPENDENCIES ON)

# The flags of the optimiser must be those of the sources. FLAGS, and HEADERS:
# more headers.
function(mtlkit_headers name)
  cmake_parse_arguments(ARG "" "" "FLAGS;HEADERS" ${ARGN})
  add_library(${name} STATIC EXCLUDE_FROM_ALL
    ${PROJECT_SOURCE_DIR}/cmake/headers.cpp)
  target_link_libraries(${name} PRIVATE mtlkit_flags
    Threads::Threads nlohmann_json::nlohmann_json)
  target_compile_options(${name} PRIVATE ${ARG_FLAGS})
  target_precompile_headers(${name} PRIVATE
    <algorithm> <array> <cmath> <cstdint> <filesystem> <functional> <limits>
    <map> <memory> <optional> <set> <span> <sstream> <string> <string_view>
    <unordered_map> <utility> <variant> <vector> <nlohmann/json.hpp>
    ${ARG_HEADERS})
endfunction()

mtlkit_headers(mtlkit_headers)
mtlkit_headers(mtlkit_test_headers FLAGS ${MTLKIT_TEST_OPTIONS}
  HEADERS <doctest/doctest.h> "${PROJECT_SOURCE_DIR}/tests/json_once.h")

function(mtlkit_precompiled target headers)
  target_precompile_headers(${target} REUSE_FROM ${headers})
endfunction()
