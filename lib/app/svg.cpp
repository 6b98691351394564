#include "app/svg.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "base/terminal_text.h"
#include "base/text.h"

namespace mtlkit {
namespace {

// Of the width of a character in parts of its height; sans-serif.
constexpr double kCharacterWidth = 0.56;

std::string Number(double value) {
  std::array<char, 64> text{};
  const double rounded = std::round(value * 100) / 100 + 0.0;
  const auto end = std::to_chars(text.data(), text.data() + text.size(),
                                 rounded, std::chars_format::fixed, 2)
                       .ptr;
  std::string number(text.data(), end);
  number.erase(number.find_last_not_of('0') + 1);
  if (number.back() == '.') number.pop_back();
  return number;
}

std::string Strokes(const SvgLineStyle& style) {
  std::string text = Str(" fill=\"none\" stroke=\"", style.stroke,
                         "\" stroke-width=\"", Number(style.width), "\"");
  if (style.opacity < 1) {
    text += Str(" stroke-opacity=\"", Number(style.opacity), "\"");
  }
  if (style.dashed) text += " stroke-dasharray=\"4 3\"";
  return text;
}

std::string Shortened(std::string_view text, double most, double size) {
  std::string cut(text);
  while (!cut.empty() && SvgTextWidth(cut + "...", size) > most) {
    do {
      cut.pop_back();
    } while (!cut.empty() && CutCharacter(cut) > 0);
  }
  return cut + "...";
}

std::string TextTag(SvgPoint at, const SvgTextStyle& style) {
  std::string tag = Str("<text x=\"", Number(at.x), "\" y=\"", Number(at.y),
                        "\" font-size=\"", Number(style.size), "\" fill=\"",
                        style.fill, "\"");
  if (style.anchor != "start") {
    tag += Str(" text-anchor=\"", style.anchor, "\"");
  }
  if (style.bold) tag += " font-weight=\"bold\"";
  if (style.turned != 0) {
    tag += Str(" transform=\"rotate(", Number(style.turned), " ", Number(at.x),
               " ", Number(at.y), ")\"");
  }
  return tag + ">";
}

}  // namespace

std::string MarkupText(std::string_view text) {
  std::string escaped;
  for (const char c : VisibleText(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

double SvgTextWidth(std::string_view text, double size) {
  return kCharacterWidth * size * static_cast<double>(TextWidth(text));
}

std::string_view PlotColour(int number) {
  // Their yellow, which is hard to see on white, is a darker one here.
  constexpr std::array<std::string_view, kPlotColours> kColours = {
      "#0072b2", "#d55e00", "#009e73", "#cc79a7",
      "#56b4e9", "#e69f00", "#000000", "#9a8a00"};
  return kColours[static_cast<std::size_t>(number % kPlotColours)];
}

void Svg::Rect(const SvgBox& box, std::string_view fill,
               std::string_view stroke, double radius) {
  body_ +=
      Str("<rect x=\"", Number(box.x), "\" y=\"", Number(box.y), "\" width=\"",
          Number(box.width), "\" height=\"", Number(box.height), "\" fill=\"",
          fill, "\" stroke=\"", stroke, "\"",
          radius > 0 ? Str(" rx=\"", Number(radius), "\"") : "", "/>\n");
}

void Svg::Line(SvgPoint from, SvgPoint to, const SvgLineStyle& style) {
  body_ +=
      Str("<line x1=\"", Number(from.x), "\" y1=\"", Number(from.y), "\" x2=\"",
          Number(to.x), "\" y2=\"", Number(to.y), "\"", Strokes(style), "/>\n");
}

void Svg::Polyline(const std::vector<SvgPoint>& points,
                   const SvgLineStyle& style) {
  std::string part;
  const auto end_part = [&] {
    if (part.empty()) return;
    body_ += Str("<polyline points=\"", part, "\"", Strokes(style),
                 " stroke-linejoin=\"round\" stroke-linecap=\"round\"/>\n");
    part.clear();
  };
  for (const SvgPoint& point : points) {
    if (!std::isfinite(point.x) || !std::isfinite(point.y)) {
      end_part();
      continue;
    }
    part += Str(part.empty() ? "" : " ", Number(point.x), ",", Number(point.y));
  }
  end_part();
}

void Svg::Circle(SvgPoint center, double radius, std::string_view fill,
                 std::string_view stroke) {
  body_ += Str("<circle cx=\"", Number(center.x), "\" cy=\"", Number(center.y),
               "\" r=\"", Number(radius), "\" fill=\"", fill, "\" stroke=\"",
               stroke, "\"/>\n");
}

void Svg::Curve(SvgPoint from, SvgPoint to, const SvgLineStyle& style) {
  const std::string middle = Number((from.x + to.x) / 2);
  body_ += Str("<path d=\"M", Number(from.x), " ", Number(from.y), "C", middle,
               " ", Number(from.y), " ", middle, " ", Number(to.y), " ",
               Number(to.x), " ", Number(to.y), "\"", Strokes(style), "/>\n");
}

void Svg::Squares(const std::vector<SvgPoint>& corners, double size,
                  std::string_view fill) {
  if (corners.empty()) return;
  const std::string side = Number(size);
  body_ += Str("<path fill=\"", fill, "\" d=\"");
  for (const SvgPoint& corner : corners) {
    body_ += Str("M", Number(corner.x), " ", Number(corner.y), "h", side, "v",
                 side, "h-", side, "z");
  }
  body_ += "\"/>\n";
}

void Svg::Text(SvgPoint at, std::string_view text, const SvgTextStyle& style) {
  body_ += TextTag(at, style) + MarkupText(text) + "</text>\n";
}

void Svg::TextWithin(SvgPoint at, std::string_view text, double most,
                     const SvgTextStyle& style) {
  if (SvgTextWidth(text, style.size) <= most) return Text(at, text, style);
  body_ += Str(TextTag(at, style), "<title>", MarkupText(text), "</title>",
               MarkupText(Shortened(text, most, style.size)), "</text>\n");
}

std::string Svg::Element(double width, double height,
                         std::string_view title) const {
  return Str(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" "
      "width=\"",
      Number(width), "\" height=\"", Number(height), "\" viewBox=\"0 0 ",
      Number(width), " ", Number(height),
      "\" font-family=\"Helvetica, Arial, sans-serif\">\n<title>",
      MarkupText(title),
      "</title>\n<rect width=\"100%\" height=\"100%\" "
      "fill=\"#fff\"/>\n",
      body_, "</svg>\n");
}

std::string Svg::File(double width, double height,
                      std::string_view title) const {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" +
         Element(width, height, title);
}

}  // namespace mtlkit
