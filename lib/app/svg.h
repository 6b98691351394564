#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mtlkit {

// A point of a drawing, in pixels from its left upper corner.
struct SvgPoint {
  double x = 0;
  double y = 0;
};

// A part of a drawing.
struct SvgBox {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
};

// How a text stands at its point.
struct SvgTextStyle {
  double size = 11;
  std::string_view fill = "#333";
  std::string_view anchor = "start";  // or "middle", "end"
  bool bold = false;
  double turned = 0;  // degrees, around the point
};

struct SvgLineStyle {
  std::string_view stroke = "#333";
  double width = 1;
  double opacity = 1;
  bool dashed = false;
};

// A drawing as SVG 1.1 that needs nothing else: no script, no style sheet, no
// font file, no link. Texts are escaped, numbers written with two digits after
// the point, whatever the locale. Points that are not finite break a line.
class Svg {
 public:
  void Rect(const SvgBox& box, std::string_view fill,
            std::string_view stroke = "none", double radius = 0);
  void Line(SvgPoint from, SvgPoint to, const SvgLineStyle& style);
  void Polyline(const std::vector<SvgPoint>& points, const SvgLineStyle& style);
  void Circle(SvgPoint center, double radius, std::string_view fill,
              std::string_view stroke = "none");
  // From left to right, leaving and coming level.
  void Curve(SvgPoint from, SvgPoint to, const SvgLineStyle& style);
  // Squares of one colour, by their left upper corners.
  void Squares(const std::vector<SvgPoint>& corners, double size,
               std::string_view fill);
  void Text(SvgPoint at, std::string_view text, const SvgTextStyle& style = {});
  // A text of at most `most` pixels: cut, if need be, with the whole as a tip.
  void TextWithin(SvgPoint at, std::string_view text, double most,
                  const SvgTextStyle& style = {});

  // The file; `title` is what readers of screens say.
  std::string File(double width, double height, std::string_view title) const;
  // The same as a part of a page of HTML.
  std::string Element(double width, double height,
                      std::string_view title) const;

 private:
  std::string body_;
};

// A text in SVG and HTML; what these cannot hold, control characters above all,
// is made visible.
std::string MarkupText(std::string_view text);

// About how wide a text is.
double SvgTextWidth(std::string_view text, double size);

// Colours that can be told apart by people who do not see all (Okabe and Ito
// 2008); there are 8 of them.
inline constexpr int kPlotColours = 8;
std::string_view PlotColour(int number);

}  // namespace mtlkit
