# What a package would hold. `termlease` is for people; the other two are started by the runtime alone.
include(GNUInstallDirs)

set(programs)
foreach(program termlease termlease-worker termlease-guest)
  if(TARGET ${program})
    list(APPEND programs ${program})
  endif()
endforeach()
# What `./run` needs: the programs without the tests.
add_custom_target(programs DEPENDS ${programs})

if(TARGET termlease)
  install(TARGETS termlease RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  # The program writes its own completions, so that they know every command that it has.
  install(CODE "
    foreach(shell bash zsh fish)
      execute_process(COMMAND $<TARGET_FILE:termlease> completion \${shell}
                      OUTPUT_FILE ${CMAKE_BINARY_DIR}/completion.\${shell}
                      COMMAND_ERROR_IS_FATAL ANY)
    endforeach()")
  set(completion ${CMAKE_BINARY_DIR}/completion)
  set(share ${CMAKE_INSTALL_DATADIR})
  install(FILES ${completion}.bash DESTINATION ${share}/bash-completion/completions RENAME termlease)
  install(FILES ${completion}.zsh DESTINATION ${share}/zsh/site-functions RENAME _termlease)
  install(FILES ${completion}.fish DESTINATION ${share}/fish/vendor_completions.d
          RENAME termlease.fish)
endif()
foreach(program termlease-worker termlease-guest)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/termlease)
  endif()
endforeach()

# What builds zellij for those who want it: beside the programs here as there.
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
file(CREATE_LINK ${CMAKE_SOURCE_DIR}/tools/hosts ${CMAKE_BINARY_DIR}/bin/hosts SYMBOLIC)
install(DIRECTORY tools/hosts DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/termlease
        USE_SOURCE_PERMISSIONS)

configure_file(packaging/termlease.service termlease.service @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/termlease.service DESTINATION lib/systemd/user)
install(FILES LICENSE README.md CHANGELOG.md TYPE DOC OPTIONAL)
install(FILES docs/man/termlease.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 OPTIONAL)
