// Writes the rows of PhotosAndTexts to a file, for tests through the shell.
#include "data/dataset_io.h"
#include "data/space_blocks.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  mtlkit::WriteDataset(mtlkit::PhotosAndTexts(400), argv[1]);
  return 0;
}
