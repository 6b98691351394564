# Builds of everything at once compile several sources as one: most of the
# time goes into templates that each of them would instantiate again.

option(MTLKIT_UNITY "Compile several sources as one: faster from nothing, \
slower after a change" OFF)
set(MTLKIT_UNITY_SOURCES 30 CACHE STRING "How many at most")
mark_as_advanced(MTLKIT_UNITY_SOURCES)

# What a source defines at its outermost level, in a list `out`. Private names
# of two sources may be equal, as those of plug-ins are, so such two are never
# compiled as one. Sources are formatted, so a definition begins a line.
function(mtlkit_defined_names source out)
  file(READ ${source} text)
  # Brackets and semicolons mean something to CMake; the end of a statement
  # becomes two blanks.
  string(REGEX REPLACE "[][]" " " text "${text}")
  string(REPLACE ";" "  " text "${text}")
  set(names "")
  string(REGEX MATCHALL "\n(class|struct|enum class) [A-Za-z0-9_]+" types
    "${text}")
  foreach(type IN LISTS types)
    string(REGEX REPLACE ".* " "" name "${type}")
    list(APPEND names ${name})
  endforeach()
  string(REGEX MATCHALL
    "\n([A-Za-z][^=(){}\n]*[ *&])?[A-Za-z][A-Za-z0-9_]* *([={(]| \n)" others
    "${text}")
  foreach(other IN LISTS others)
    if(NOT other MATCHES "^\n(class|struct|enum|namespace|using|template) ")
      string(REGEX REPLACE "^.*[\n *&]([A-Za-z0-9_]+) *([={(]| \n)$" "\\1" name
        "${other}")
      # Macros of the tests are no definitions.
      if(name MATCHES "[a-z]")
        list(APPEND names ${name})
      endif()
    endif()
  endforeach()
  set(${out} ${names} PARENT_SCOPE)
endfunction()

# The headers of the tests that a file includes, directly or not, in a list
# `out`. Each file is looked at once.
function(mtlkit_test_headers file out)
  get_property(known GLOBAL PROPERTY "mtlkit_headers_of ${file}" SET)
  if(NOT known)
    set_property(GLOBAL PROPERTY "mtlkit_headers_of ${file}" "")
    file(STRINGS ${file} lines REGEX "^#include \"[a-z0-9_/]+[.]h\"")
    set(headers "")
    foreach(line IN LISTS lines)
      string(REGEX REPLACE "^#include \"(.*)\".*" "\\1" name "${line}")
      set(header ${PROJECT_SOURCE_DIR}/tests/${name})
      if(EXISTS ${header})
        mtlkit_test_headers(${header} more)
        list(APPEND headers ${header} ${more})
      endif()
    endforeach()
    list(REMOVE_DUPLICATES headers)
    set_property(GLOBAL PROPERTY "mtlkit_headers_of ${file}" "${headers}")
  endif()
  get_property(headers GLOBAL PROPERTY "mtlkit_headers_of ${file}")
  set(${out} ${headers} PARENT_SCOPE)
endfunction()

# What those headers define: a source that includes one of them cannot be
# compiled as one with a source that has a private name like these.
function(mtlkit_seen_names source out)
  mtlkit_test_headers(${source} headers)
  set(names "")
  foreach(header IN LISTS headers)
    get_property(known GLOBAL PROPERTY "mtlkit_names_of ${header}" SET)
    if(NOT known)
      mtlkit_defined_names(${header} defined)
      set_property(GLOBAL PROPERTY "mtlkit_names_of ${header}" "${defined}")
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${header})
    endif()
    get_property(defined GLOBAL PROPERTY "mtlkit_names_of ${header}")
    list(APPEND names ${defined})
  endforeach()
  set(${out} ${names} PARENT_SCOPE)
endfunction()

# Sets `out` to whether a name of the first list is in the second.
function(mtlkit_share_a_name first second out)
  set(${out} FALSE PARENT_SCOPE)
  foreach(name IN LISTS ${first})
    if(name IN_LIST ${second})
      set(${out} TRUE PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

# Divides the sources of a target into groups that are compiled as one.
function(mtlkit_unity target)
  if(NOT MTLKIT_UNITY)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    get_filename_component(path ${source} ABSOLUTE)
    mtlkit_defined_names(${path} names)
    mtlkit_seen_names(${path} seen)
    # What a source defines of its own header is no private name: two such of
    # one name are overloads.
    set(public ${seen})
    string(REGEX REPLACE "[.]cpp$" ".h" header ${path})
    if(EXISTS ${header})
      mtlkit_defined_names(${header} declared)
      list(APPEND public ${declared})
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${header})
    endif()
    set(private ${names})
    if(public)
      list(REMOVE_ITEM private ${public})
    endif()
    set(group 0)
    set(found FALSE)
    while(NOT found)
      math(EXPR group "${group} + 1")
      list(LENGTH members_${group} size)
      set(found TRUE)
      if(size GREATER_EQUAL MTLKIT_UNITY_SOURCES)
        set(found FALSE)
      else()
        foreach(pair "private names" "names private" "private seen"
                "seen private")
          string(REPLACE " " ";" pair ${pair})
          list(GET pair 0 own)
          list(GET pair 1 others)
          mtlkit_share_a_name(${own} ${others}_${group} collide)
          if(collide)
            set(found FALSE)
            break()
          endif()
        endforeach()
      endif()
    endwhile()
    list(APPEND members_${group} ${source})
    list(APPEND names_${group} ${names})
    list(APPEND private_${group} ${private})
    list(APPEND seen_${group} ${seen})
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
    # A new private name may change the groups.
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
  endforeach()
  set_target_properties(${target} PROPERTIES
    UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # g++ takes these sources for headers, and inlines more than it sees
    # through (GCC bug 105651).
    target_compile_options(${target} PRIVATE
      -Wno-subobject-linkage -Wno-stringop-overflow -Wno-array-bounds)
  endif()
endfunction()
