/* A program without frame pointers that crashes four calls deep, beside addresses of old calls. */
#include <stdio.h>
#include <stdlib.h>
static volatile int *where = (int *)8;
__attribute__((noinline)) static int old_calls(int depth) {
    volatile char space[64];
    space[0] = (char)depth;
    return depth > 0 ? old_calls(depth - 1) + space[0] : atoi("7");
}
__attribute__((noinline)) static int split(int total) {
    volatile char space[700]; /* not written: what lay on the stack stays */
    space[3] = (char)total;
    *where = total;
    return space[3] + 1;
}
__attribute__((noinline)) int pay(int total) { return split(total + 2) * 3; }
__attribute__((noinline)) int checkout(int total) { return pay(total * 2) + 5; }
int main(int count, char **words) {
    (void)words;
    int old = old_calls(9);
    return checkout(count + old) - 1;
}
