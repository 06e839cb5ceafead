# room(NAME [HEADER_ONLY] LINKS …): one static library per room, from every .cpp of its folder tree.
function(room name)
  cmake_parse_arguments(ROOM "" "" "LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  add_library(termlease_${name} STATIC ${sources})
  target_link_libraries(termlease_${name} PUBLIC termlease_options ${ROOM_LINKS})
endfunction()
