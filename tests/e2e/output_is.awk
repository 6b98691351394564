# awk -v exact=0|1 -f output_is.awk EXPECTED PRINTED
# Whether the lines of EXPECTED stand in PRINTED, one after the other. A line
# "..." there stands for any lines. Times and speeds need not be equal. With
# exact=0 neither do blanks, and numbers only have to be close: this is for
# processors on which the last bits of a result differ.
function same_number(a, b,   size) {
  size = a < 0 ? -a : a
  return (a - b) ^ 2 <= (0.5 + 0.1 * size) ^ 2
}

function without_times(line) {
  gsub(/[0-9.]+[kM]? rows\/s/, "N rows/s", line)
  gsub(/left [0-9:]+/, "left T", line)
  gsub(/ +$/, "", line)
  return line
}

# Words in `words`, numbers in `numbers`, both in order; how many there are.
# A number is any run of digits, points and signs that has a digit.
function take_apart(line, words, numbers,   count, before, run) {
  count = 0
  before = ""
  while (match(line, /[-+.0-9]+/)) {
    run = substr(line, RSTART, RLENGTH)
    before = before substr(line, 1, RSTART - 1)
    line = substr(line, RSTART + RLENGTH)
    if (run ~ /[0-9]/) {
      words[++count] = before
      numbers[count] = run + 0
      before = ""
    } else {
      before = before run
    }
  }
  words[++count] = before line
  for (i = 1; i <= count; ++i) gsub(/ +/, " ", words[i])
  return count
}

function same_line(a, b,   count, i) {
  if (a == b) return 1
  if (exact) return 0
  count = take_apart(a, words_a, numbers_a)
  if (take_apart(b, words_b, numbers_b) != count) return 0
  for (i = 1; i <= count; ++i) {
    if (words_a[i] != words_b[i]) return 0
    if (i < count && !same_number(numbers_a[i], numbers_b[i])) return 0
  }
  return 1
}

# Whether the expected lines from `e` on stand in the printed ones from `p` on.
function stands(e, p) {
  while (e <= expected_count && expected[e] != "...") {
    if (p > printed_count || !same_line(expected[e], printed[p])) return 0
    if (p > furthest) { furthest = p; wanted = e }
    ++e
    ++p
  }
  if (e > expected_count) return 1
  for (; p <= printed_count; ++p) if (stands(e + 1, p)) return 1
  return e == expected_count
}

FNR == NR { expected[++expected_count] = without_times($0); next }
{ printed[++printed_count] = without_times($0) }

END {
  for (start = 1; start <= printed_count; ++start) {
    if (stands(1, start)) exit 0
  }
  if (furthest == 0) print "not printed: " expected[1 + (expected[1] == "...")]
  else if (wanted < expected_count) {
    print "not printed: " expected[wanted + 1]
    print "but:         " printed[furthest + 1]
  }
  exit 1
}
