// What a tool's start is compared with.
int main() {}
