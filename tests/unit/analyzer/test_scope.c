/* SPDX-License-Identifier: BSD-3-Clause */
/* Scopes of addresses: the first and the last of each prefix, and their neighbours. */
#include "analyzer/scope.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>

static const struct {
    const char *text;
    enum address_scope scope;
} cases[] = {
    {"0.0.0.0",         SCOPE_UNSPECIFIED},
    {"0.0.0.1",         SCOPE_GLOBAL     },
    {"9.255.255.255",   SCOPE_GLOBAL     },
    {"10.0.0.0",        SCOPE_PRIVATE    },
    {"10.255.255.255",  SCOPE_PRIVATE    },
    {"11.0.0.0",        SCOPE_GLOBAL     },
    {"100.63.255.255",  SCOPE_GLOBAL     },
    {"100.64.0.0",      SCOPE_PRIVATE    },
    {"100.127.255.255", SCOPE_PRIVATE    },
    {"100.128.0.0",     SCOPE_GLOBAL     },
    {"127.255.0.1",     SCOPE_LOOPBACK   },
    {"128.0.0.1",       SCOPE_GLOBAL     },
    {"169.254.1.1",     SCOPE_LINK_LOCAL },
    {"169.255.1.1",     SCOPE_GLOBAL     },
    {"172.15.0.1",      SCOPE_GLOBAL     },
    {"172.16.0.1",      SCOPE_PRIVATE    },
    {"172.31.0.1",      SCOPE_PRIVATE    },
    {"172.32.0.1",      SCOPE_GLOBAL     },
    {"192.168.0.1",     SCOPE_PRIVATE    },
    {"192.169.0.1",     SCOPE_GLOBAL     },
    {"223.255.255.255", SCOPE_GLOBAL     },
    {"224.0.0.1",       SCOPE_MULTICAST  },
    {"239.255.255.255", SCOPE_MULTICAST  },
    {"240.0.0.1",       SCOPE_GLOBAL     },
    {"255.255.255.255", SCOPE_MULTICAST  },
    {"::",              SCOPE_UNSPECIFIED},
    {"::1",             SCOPE_LOOPBACK   },
    {"::2",             SCOPE_GLOBAL     },
    {"2001:db8::1",     SCOPE_GLOBAL     },
    {"fbff::1",         SCOPE_GLOBAL     },
    {"fc00::1",         SCOPE_PRIVATE    },
    {"fdff::1",         SCOPE_PRIVATE    },
    {"fe7f::1",         SCOPE_GLOBAL     },
    {"fe80::1",         SCOPE_LINK_LOCAL },
    {"febf::1",         SCOPE_LINK_LOCAL },
    {"fec0::1",         SCOPE_GLOBAL     },
    {"ff02::1",         SCOPE_MULTICAST  },
};

static void each_prefix_has_its_scope(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct mpta_address address = {.family = strchr(cases[i].text, ':') ? 6 : 4};
        assert_int_equal(
            inet_pton(address.family == 6 ? AF_INET6 : AF_INET, cases[i].text, address.octets), 1);
        if (address_scope_of(&address) != cases[i].scope)
            fail_msg("%s: %s", cases[i].text, address_scope_words(address_scope_of(&address)));
    }
}

/* A family that is none has no prefix. */
static void no_address_has_no_scope(void **state)
{
    (void)state;
    const struct mpta_address none = {.family = 0};
    assert_int_equal(address_scope_of(&none), SCOPE_GLOBAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_prefix_has_its_scope),
        cmocka_unit_test(no_address_has_no_scope),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
