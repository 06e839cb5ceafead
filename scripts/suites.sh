# shellcheck shell=bash
# Why: each suite leaves its counts in one folder, as a file per suite, and fails by what it counted:
# what could not be built or measured is a failure with a name, never silence.

# failed_step NAME: counts one failure for a step that is no test.
failed_step() { printf '{"passed": 0, "failed": 1, "skipped": 0}' >"$results/step-$1.json"; }
passed_step() { printf '{"passed": 1, "failed": 0, "skipped": 0}' >"$results/step-$1.json"; }
skipped_step() {
  warn "$1 is skipped: $2"
  printf '{"passed": 0, "failed": 0, "skipped": 1}' >"$results/step-$1.json"
}

built=''
# built_preset PRESET: builds everything of a preset, once per run.
built_preset() {
  [[ $built == *" $1 "* ]] && return 0
  step "building $1"
  build "$1" all || {
    failed_step "build-$1"
    return 1
  }
  built+=" $1 "
}

# run_ctest PRESET: the unit tests of a preset.
run_ctest() {
  local file=$results/unit-$1.xml filter=()
  [[ -n $pattern ]] && filter=(-R "$pattern")
  ctest --test-dir "$(build_folder "$1")" --output-on-failure --no-tests=error -j "$(nproc)" \
    --timeout 180 --output-junit "$file" "${filter[@]}" >"$results/log" 2>&1 || true
  # The tests that passed are many and say nothing; everything else is shown.
  grep -vE '^ *(Start +[0-9]+:|[0-9]+/[0-9]+ Test +#.* Passed)' "$results/log" || true
  [[ -s $file ]] || failed_step "unit-$1"
}

# run_python SUITE PRESET: the Python tests of tests/SUITE against the programs of a preset.
run_python() {
  [[ -d $REPO/tests/$1 ]] || return 0
  TERMLEASE_BIN=$(programs_of "$2") PYTHONDONTWRITEBYTECODE=1 \
    python3 "$REPO/scripts/python_suite.py" "$REPO/tests/$1" --pattern "$pattern" \
    --counts "$results/$1-$2.json" || failed_step "$1"
}

suite_unit() {
  built_preset release || return 1
  step "unit tests"
  run_ctest release
}

suite_scenarios() {
  built_preset release || return 1
  step "scenarios, in virtual time"
  run_python scenarios release
}

suite_mutations() {
  step "mutations, which the scenarios and the tests of each layer have to notice"
  real_programs
  run_python mutations release
}

# Most rules of the house can be checked of sources that don't build.
suite_house() {
  built_preset release || true
  step "tests of the house"
  run_python house release
}

suite_docs() {
  built_preset release || true
  step "tests of the documents"
  run_python docs release
}

suite_live() {
  built_preset release || return 1
  real_programs
  step "live tests"
  run_python live release
}

suite_chaos() {
  built_preset release || return 1
  real_programs
  step "a kill storm, with a fixed seed"
  run_python chaos release
}

# Without upterm or zellij each test that needs it says so and counts as skipped.
real_programs() {
  if ! need_upterm; then
    warn "there is no upterm, and none could be built: $upterm_reason"
  fi
  if ! need_tmate_relay; then
    warn "there is no tmate relay, and none could be fetched: $tmate_reason"
  fi
  if ! need_zellij; then
    warn "there is no zellij, and none could be built: $zellij_reason"
  fi
}

suite_dev() {
  built_preset dev || return 1
  step "unit tests with AddressSanitizer and UndefinedBehaviorSanitizer"
  # CAF keeps its type registry until the process ends, which is no leak.
  export ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
  run_ctest dev
  step "scenarios with AddressSanitizer and UndefinedBehaviorSanitizer"
  run_python scenarios dev
}

suite_tsan() {
  # shellcheck source=scripts/caf_tsan.sh
  . "$REPO/scripts/caf_tsan.sh"
  local library
  library=$(caf_with_tsan) || {
    skipped_step tsan "a libcaf with ThreadSanitizer could not be built"
    return 0
  }
  LD_LIBRARY_PATH=$library built_preset tsan || return 1
  step "unit tests with ThreadSanitizer"
  export LD_LIBRARY_PATH=$library TSAN_OPTIONS=halt_on_error=0:second_deadlock_stack=1
  run_ctest tsan
  step "scenarios with ThreadSanitizer"
  run_python scenarios tsan
}

suite_coverage() {
  need "$COVERAGE_PACKAGES"
  have gcovr || {
    skipped_step coverage "gcovr is missing"
    return 0
  }
  built_preset coverage || return 1
  find "$(build_folder coverage)" -name '*.gcda' -delete
  step "unit tests, instrumented"
  run_ctest coverage
  real_programs
  step "live tests"
  run_python live coverage
  step "line coverage"
  if python3 "$REPO/scripts/coverage.py" "$(build_folder coverage)"; then
    passed_step coverage
  else
    failed_step coverage
  fi
}

# Each reader of what others send, for FUZZ_SECONDS (60) and from the corpus that is kept. What is found stays in
# build/fuzz as a file.
suite_fuzz() {
  need "$FUZZ_PACKAGES"
  have clang++ || {
    skipped_step fuzz "clang++ is missing"
    return 0
  }
  local targets=(envelope policy worker_lines journal trace) target folder
  folder=$(build_folder fuzz)
  step "building the fuzzers"
  build fuzz "${targets[@]/#/fuzz_}" || {
    failed_step build-fuzz
    return 1
  }
  for target in "${targets[@]}"; do
    step "fuzzing $target"
    mkdir -p "$folder/found-$target"
    if (cd "$folder" && "bin/fuzz_$target" -max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 -rss_limit_mb=2048 \
      -print_final_stats=1 -verbosity=0 "found-$target" "$REPO/tests/fuzz/corpus/$target"); then
      passed_step "fuzz-$target"
    else
      failed_step "fuzz-$target"
    fi
  done
}

suite_tidy() {
  need "$TIDY_PACKAGES"
  have clang-tidy || {
    skipped_step tidy "clang-tidy is missing"
    return 0
  }
  configure tidy
  step "clang-tidy"
  if find messages config bus actors tools -name '*.cpp' -print0 |
    xargs -0 -r -n 1 -P "$(nproc)" clang-tidy --quiet -p "$(build_folder tidy)" 2>/dev/null; then
    passed_step tidy
  else
    failed_step tidy
  fi
}
