#include "base/mapped_pages.h"

#include <doctest/doctest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace mtlkit {
namespace {

// How many of the pages are in this process's memory.
std::size_t PagesInUse(const char* begin, std::size_t pages) {
  // mincore() tells of the system's memory; the process's own is in pagemap.
  const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  std::FILE* map = std::fopen("/proc/self/pagemap", "rb");
  REQUIRE(map != nullptr);
  const auto first = reinterpret_cast<std::uintptr_t>(begin) / size;
  REQUIRE(std::fseek(map, static_cast<long>(first * 8), SEEK_SET) == 0);
  std::vector<std::uint64_t> entries(pages);
  REQUIRE(std::fread(entries.data(), 8, pages, map) == pages);
  std::fclose(map);
  std::size_t used = 0;
  for (const std::uint64_t entry : entries) used += entry >> 63;
  return used;
}

TEST_CASE("pages of a mapping are let go and come back; others stay") {
  const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  constexpr std::size_t kPages = 16;
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  const std::string text(kPages * size, 'x');
  REQUIRE(std::fwrite(text.data(), 1, text.size(), file) == text.size());
  std::fflush(file);
  void* memory =
      ::mmap(nullptr, text.size(), PROT_READ, MAP_SHARED, ::fileno(file), 0);
  REQUIRE(memory != MAP_FAILED);
  const char* begin = static_cast<const char*>(memory);
  CHECK(std::string(begin, text.size()) == text);
  CHECK(PagesInUse(begin, kPages) == kPages);
  // Nobody said that it is a mapping.
  ForgetPages(begin, text.size());
  CHECK(PagesInUse(begin, kPages) == kPages);
  AddMapping(begin, text.size());
  // Half a page stays on either side.
  ForgetPages(begin + size / 2, 8 * size);
  CHECK(PagesInUse(begin, kPages) == kPages - 7);
  CHECK(std::string(begin, text.size()) == text);
  RemoveMapping(begin);
  ::munmap(memory, text.size());
  std::fclose(file);

  std::vector<char> own(kPages * size, 'y');
  ForgetPages(own.data(), own.size());
  CHECK(own[own.size() / 2] == 'y');
}

}  // namespace
}  // namespace mtlkit
