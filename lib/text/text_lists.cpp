#include "text/text_lists.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "base/error.h"
#include "base/text.h"
#include "base/utf8.h"
#include "text/number_text.h"
#include "text/text_source.h"

namespace mtlkit {
namespace {

constexpr std::size_t kMaxShown = 40;
constexpr std::size_t kMaxListBytes = std::size_t{64} << 20;

std::string ReadSmallText(const std::string& path) {
  TextSource source(path, Encoding::kUtf8);
  std::string text;
  std::string piece(1 << 16, '\0');
  while (const std::size_t got = source.Read(piece.data(), piece.size())) {
    text.append(piece, 0, got);
    Require(text.size() <= kMaxListBytes, ErrorKind::kBadInput,
            Str(source.name(), ": a list of more than 64 MiB"));
  }
  Require(IsValidUtf8(text), ErrorKind::kBadInput,
          Str(source.name(), ": not UTF-8"),
          "convert it first: iconv -f LATIN1 -t UTF-8");
  return text;
}

// "age: continuous." is a column of a ".names" file.
bool IsDeclaration(std::string_view line) {
  const std::size_t colon = line.find(':');
  return colon != std::string_view::npos && colon > 0 && line.front() != '|' &&
         line.ends_with('.');
}

bool DecodeEntity(std::string_view entity, std::string* text) {
  struct Named {
    std::string_view name;
    char c;
  };
  constexpr Named kNamed[] = {
      {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
  for (const Named& named : kNamed) {
    if (entity == named.name) {
      text->push_back(named.c);
      return true;
    }
  }
  if (!entity.starts_with('#') || entity.size() < 2) return false;
  const bool hexadecimal = entity[1] == 'x' || entity[1] == 'X';
  const std::string digits(entity.substr(hexadecimal ? 2 : 1));
  char* end = nullptr;
  const unsigned long code =
      std::strtoul(digits.c_str(), &end, hexadecimal ? 16 : 10);
  if (digits.empty() || *end != '\0' || code == 0 || code > 0x10ffff) {
    return false;
  }
  AppendUtf8(static_cast<std::uint32_t>(code), text);
  return true;
}

std::string DecodeEntities(std::string_view text, const std::string& path) {
  std::string decoded;
  while (!text.empty()) {
    const std::size_t mark = std::min(text.find('&'), text.size());
    decoded.append(text.substr(0, mark));
    text.remove_prefix(mark);
    if (text.empty()) break;
    const std::size_t end = text.find(';');
    if (end == std::string_view::npos ||
        !DecodeEntity(text.substr(1, end - 1), &decoded)) {
      Fail(ErrorKind::kBadInput, Str(path, ": '", ShowText(text.substr(0, 10)),
                                     "' is no XML entity"));
    }
    text.remove_prefix(end + 1);
  }
  return decoded;
}

// The value of `name` in a tag's text; false if it has none.
bool FindXmlAttribute(std::string_view tag, std::string_view name,
                      std::string_view* value) {
  for (std::size_t at = tag.find(name); at != std::string_view::npos;
       at = tag.find(name, at + 1)) {
    std::string_view rest = Trim(tag.substr(at + name.size()));
    const bool is_name = at > 0 && tag[at - 1] <= ' ';
    if (!is_name || !rest.starts_with('=')) continue;
    rest = Trim(rest.substr(1));
    if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) return false;
    const std::size_t end = rest.find(rest[0], 1);
    if (end == std::string_view::npos) return false;
    *value = rest.substr(1, end - 1);
    return true;
  }
  return false;
}

// Where a tag ends that begins at `at`: at '>', quoted text apart.
std::size_t TagEnd(std::string_view text, std::size_t at) {
  char quote = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return at;
    }
  }
  return std::string_view::npos;
}

}  // namespace

std::vector<std::string> ReadColumnNames(const std::string& path) {
  std::vector<std::string> lines;
  bool declares = false;
  for (const std::string& line : Split(ReadSmallText(path), '\n')) {
    const std::string_view text = Trim(line);
    if (text.empty()) continue;
    lines.emplace_back(text);
    declares |= IsDeclaration(text);
  }
  std::vector<std::string> names;
  for (const std::string& line : lines) {
    if (!declares) {
      names.push_back(line);
    } else if (IsDeclaration(line)) {
      names.emplace_back(Trim(line.substr(0, line.find(':'))));
    }
  }
  if (declares) names.emplace_back("class");
  Require(!names.empty(), ErrorKind::kBadInput, Str(path, ": no names"));
  return names;
}

std::vector<std::string> ReadLabelList(const std::string& path) {
  const std::string text = ReadSmallText(path);
  const std::string_view view = text;
  std::vector<std::string> names;
  bool is_list = false;
  std::size_t at = 0;
  while ((at = view.find('<', at)) != std::string_view::npos) {
    if (view.substr(at).starts_with("<!--")) {
      at = std::min(view.find("-->", at), view.size());
      continue;
    }
    const std::size_t end = TagEnd(view, at);
    if (end == std::string_view::npos) {
      Fail(ErrorKind::kBadInput, Str(path, ": a tag without its closing '>'"),
           "the file is incomplete, or no XML");
    }
    const std::string_view tag = view.substr(at + 1, end - at - 1);
    at = end + 1;
    is_list |= tag.starts_with("labels");
    if (!tag.starts_with("label") || tag.starts_with("labels")) continue;
    std::string_view name;
    if (!FindXmlAttribute(tag, "name", &name)) {
      Fail(ErrorKind::kBadInput, Str(path, ": a <label> without a name"));
    }
    names.push_back(DecodeEntities(name, path));
  }
  const bool complete = view.find("</labels") != std::string_view::npos;
  Require(is_list && complete && !names.empty(), ErrorKind::kBadInput,
          Str(path, ": no complete list of labels"),
          "expected <labels><label name=\"...\"></label>...</labels>");
  return names;
}

std::string ShowText(std::string_view text) {
  std::string shown(text.substr(0, kMaxShown));
  const bool valid = IsValidUtf8(text);
  for (char& c : shown) {
    if (!valid && static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  // A cut inside a character leaves part of it.
  while (valid && text.size() > kMaxShown && !IsValidUtf8(shown)) {
    shown.pop_back();
  }
  if (text.size() > kMaxShown) shown += "...";
  return VisibleText(shown);
}

std::string ShellWord(std::string_view text) {
  const bool plain =
      !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               (c >= '0' && c <= '9') ||
               std::string_view("_-.,:/=+@%").find(c) != std::string_view::npos;
      });
  if (plain) return std::string(text);
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

}  // namespace mtlkit
