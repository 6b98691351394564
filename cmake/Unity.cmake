# Builds of everything at once compile several sources as one: most of the
# time goes into templates that each of them would instantiate again.

option(MTLKIT_UNITY "Compile several sources as one: faster from nothing, \
slower after a change" OFF)
set(MTLKIT_UNITY_SOURCES 10 CACHE STRING "How many at most")
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

# Divides the sources of a target into groups that are compiled as one.
function(mtlkit_unity target)
  if(NOT MTLKIT_UNITY)
    return()
  endif()
  set(groups 0)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    get_filename_component(path ${source} ABSOLUTE)
    mtlkit_defined_names(${path} names)
    set(group 0)
    set(found FALSE)
    while(NOT found)
      math(EXPR group "${group} + 1")
      list(LENGTH members_${group} size)
      set(found TRUE)
      if(size GREATER_EQUAL MTLKIT_UNITY_SOURCES)
        set(found FALSE)
      else()
        foreach(name IN LISTS names)
          if(name IN_LIST names_${group})
            set(found FALSE)
            break()
          endif()
        endforeach()
      endif()
    endwhile()
    list(APPEND members_${group} ${source})
    list(APPEND names_${group} ${names})
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
