#include <iconv.h>
#include <libxml/xmlversion.h>
// Debian's libxml2 pulls in the headers of ICU, which clash with the copy inside Foundation. Only
// the encoding handlers differ by it, and nobody here looks inside those.
#undef LIBXML_ICU_ENABLED
#include <libxml/xmlreader.h>
