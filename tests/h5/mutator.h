#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "base/error.h"
#include "base/rng.h"
#include "h5/digest.h"
#include "h5/envelope.h"
#include "temp_folder.h"

// Damages files at random, the same way every time, and counts what a reader
// makes of them. For tests of everything that reads a file:
//
//   const DamageCount count = CountDamage(
//       {.original = FileBytes(path), .reseal = true}, ReadItAsText);
//   CHECK(count.wrong == 0);
namespace mtlkit {

inline std::string FileBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void PutFile(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// Overwrites a file where it is, which is faster than making it again.
inline void ChangeFile(const std::string& path, const std::string& bytes) {
  std::filesystem::resize_file(path, bytes.size());
  std::fstream(path, std::ios::binary | std::ios::in | std::ios::out) << bytes;
}

// Gives a damaged body the envelope that it would have had, as an attacker
// can. Bytes too short for an envelope stay as they are.
inline std::string Reseal(const std::string& bytes) {
  constexpr auto kEnvelope = static_cast<std::size_t>(internal::kEnvelopeSize);
  if (bytes.size() <= kEnvelope) return bytes;
  const std::string body = bytes.substr(kEnvelope);
  return internal::RenderEnvelope(
             {static_cast<Index>(body.size()), Sha256Of(body)}) +
         body;
}

// One damage of `bytes` from byte `first` on, by its number: 40 % a bit, 20 %
// a byte, 15 % a run of 2 to 64 bytes, 8 % cut short, 5 % a zeroed sector of
// 512 bytes, 12 % a hostile integer of 4 or 8 bytes.
inline std::string Damage(std::string bytes, std::size_t first, Index number) {
  const Rng random(1, RandomPurpose::kTest);
  const auto draw = [&](Index what, std::size_t bound) {
    return static_cast<std::size_t>(random.Below(number, what, bound));
  };
  const std::size_t at = first + draw(0, bytes.size() - first);
  const std::size_t left = bytes.size() - at;
  const std::size_t sort = draw(1, 100);
  if (sort < 40) {
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << draw(2, 8)));
  } else if (sort < 60) {
    bytes[at] = static_cast<char>(draw(2, 256));
  } else if (sort < 75) {
    const std::size_t count = std::min(left, 2 + draw(2, 63));
    for (std::size_t i = 0; i < count; ++i) {
      bytes[at + i] = static_cast<char>(draw(3 + static_cast<Index>(i), 256));
    }
  } else if (sort < 83) {
    bytes.resize(at);
  } else if (sort < 88) {
    const std::size_t start = std::max(first, at / 512 * 512);
    const std::size_t end = std::min(bytes.size(), start + 512);
    std::fill(bytes.begin() + static_cast<Index>(start),
              bytes.begin() + static_cast<Index>(end), '\0');
  } else {
    constexpr std::uint64_t kHostile[] = {
        0,          1,           0x7fffffff,         0x80000000,
        0xffffffff, 0x100000000, 0x7fffffffffffffff, 0xffffffffffffffff};
    const std::uint64_t value = kHostile[draw(2, 8)];
    std::memcpy(bytes.data() + at, &value,
                std::min<std::size_t>(left, draw(3, 2) == 0 ? 4 : 8));
  }
  return bytes;
}

struct DamagePlan {
  std::string original;  // bytes of a good file
  Index count = 2000;
  // Damages the body alone and computes the envelope anew.
  bool reseal = false;
};

struct DamageCount {
  Index refused = 0;        // kBadInput, and the message names the file
  Index same = 0;           // read, with the content of the original
  Index wrong = 0;          // read with other content, or failed in another way
  std::string first_wrong;  // what it was
};

// Reads `plan.count` damaged files with `read`, which renders all that it
// takes from a file, and counts the outcomes. A crash or a hang ends the test
// program, as it should.
inline DamageCount CountDamage(
    const DamagePlan& plan,
    const std::function<std::string(const std::string& path)>& read) {
  const TempFolder folder;
  const std::string path = folder / "damaged.h5";
  PutFile(path, plan.original);
  const std::string expected = read(path);
  constexpr auto kEnvelope = static_cast<std::size_t>(internal::kEnvelopeSize);
  DamageCount count;
  for (Index i = 0; i < plan.count; ++i) {
    std::string bytes = Damage(plan.original, plan.reseal ? kEnvelope : 0, i);
    if (plan.reseal) bytes = Reseal(bytes);
    ChangeFile(path, bytes);
    std::string outcome;
    try {
      const bool is_same = read(path) == expected;
      if (is_same && (plan.reseal || bytes == plan.original)) {
        ++count.same;
        continue;
      }
      outcome = is_same ? "was accepted" : "was read as something else";
    } catch (const Error& error) {
      const bool is_named =
          error.message().find("damaged.h5") != std::string::npos;
      if (error.kind() == ErrorKind::kBadInput && is_named) {
        ++count.refused;
        continue;
      }
      outcome = error.what();
    }
    ++count.wrong;
    if (count.first_wrong.empty()) {
      count.first_wrong = Str("damage ", i, ": ", outcome);
    }
  }
  return count;
}

}  // namespace mtlkit
