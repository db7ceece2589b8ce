#include "gateway/percent.h"

struct view percent_byte(char byte, char room[3])
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned char code = (unsigned char)byte;
    bool is_plain = (code >= '0' && code <= '9') || ((code | 0x20) >= 'a' && (code | 0x20) <= 'z') ||
                    (code && strchr("-._~", code));
    room[0] = is_plain ? byte : '%';
    room[1] = digits[code >> 4];
    room[2] = digits[code & 15];
    return view_make(room, is_plain ? 1 : 3);
}
