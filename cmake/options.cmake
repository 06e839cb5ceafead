# Warnings are errors; sanitizers and coverage are presets, never edits.
set(TERMLEASE_SANITIZE "" CACHE STRING "Value for -fsanitize=, for example address,undefined or thread")
option(TERMLEASE_COVERAGE "Instrument for line coverage" OFF)
option(TERMLEASE_FUZZ "Build the fuzzers, and everything else as they need it (Clang)" OFF)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

add_library(termlease_options INTERFACE)
target_compile_options(termlease_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                       -Wno-sign-conversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 sees an overlap in `"text" + std::string()` that isn't there (GCC bug 105651).
  target_compile_options(termlease_options INTERFACE -Wno-restrict)
endif()
target_include_directories(termlease_options INTERFACE ${CMAKE_SOURCE_DIR})

if(TERMLEASE_SANITIZE)
  # CAF 0.17 binds null references in its own type registry: silenced, not fixable from outside.
  add_compile_options(-fsanitize=${TERMLEASE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize=null
                      -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=${TERMLEASE_SANITIZE})
  if(TERMLEASE_SANITIZE MATCHES "thread")
    add_compile_options(-Wno-tsan)
  endif()
endif()
if(TERMLEASE_FUZZ) # what Clang warns of is not asked for
  add_compile_options(-fsanitize=fuzzer-no-link,address -fno-omit-frame-pointer -w)
  add_link_options(-fsanitize=address)
endif()
if(TERMLEASE_COVERAGE)
  # The counters are shared by CAF's threads: without atomic updates they would be wrong.
  add_compile_options(--coverage -O0 -fprofile-update=atomic)
  add_link_options(--coverage)
endif()

# Paths relative to the checkout make a second checkout, such as a fresh clone, find the first one's work.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE_PROGRAM})
endif()
