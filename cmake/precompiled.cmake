# CAF and nlohmann/json cost most of the time of whatever includes both, so they are parsed once for
# the rooms where most files do: 1.4 s less a file. Elsewhere loading it costs more than it saves.
option(TERMLEASE_PRECOMPILED "Precompile the headers of CAF and nlohmann/json" ON)
if(TERMLEASE_PRECOMPILED)
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/precompiled.cpp CONTENT "// Carries the header.\n")
  add_library(termlease_precompiled OBJECT ${CMAKE_BINARY_DIR}/precompiled.cpp)
  target_link_libraries(termlease_precompiled PRIVATE termlease_options caf_core)
  target_precompile_headers(termlease_precompiled PRIVATE <caf/all.hpp> <nlohmann/json.hpp>)
  foreach(target termlease_actors termlease_unit_tests)
    if(TARGET ${target})
      target_precompile_headers(${target} REUSE_FROM termlease_precompiled)
    endif()
  endforeach()
endif()
