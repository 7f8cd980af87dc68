/*
 * Copyright (c) 2026 The lvsd authors
 *
 * Permission to use, copy, modify, and distribute this software for any
 * purpose with or without fee is hereby granted, provided that the above
 * copyright notice and this permission notice appear in all copies.
 *
 * THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
 * WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
 * MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
 * ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
 * WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
 * ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF
 * OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.
 */

/*
 * Configuration of the VRRP engine: objects refused, staging without effect,
 * what a commit keeps, ends and begins.  Messages are made by the real
 * framing; what surrounds the state machine is a stub, see vrrp_stub.h.
 */
#include <sys/types.h>
#include <sys/socket.h>

#include <stdlib.h>
#include <string.h>

#include "../../imsg/engine.h"
#include "../../imsg/imsg.h"
#include "../../vrrpe/instance.h"
#include "vrrp_stub.h"

#define MS		1000LL
#define SECOND		(1000 * MS)
#define G1		40		/* ids */
#define SCRIPT		50
#define SERVICE		60

static void	setup(void);
static int	object(enum msg_type, const void *, size_t);
static int	send_vrrp(uint32_t, const char *, uint32_t, int, int);
static int	send_vaddr_as(uint32_t, const char *, uint32_t);
static int	send_unicast(uint32_t, uint8_t);
static int	send_peer(uint32_t, const char *);
static int	send_vaddr(uint32_t, const char *);
static int	send_track(uint32_t, enum track_kind, uint32_t, const char *);
static int	send_group(uint32_t);
static void	instance(uint32_t, int);
static const char *commit(void);
static struct vrrp *master(uint32_t);
static void	test_refused(void);
static void	test_start(void);
static void	test_kept(void);
static void	test_changed(void);
static void	test_gone(void);
static void	test_anew(void);
static void	test_families(void);
static void	test_peers(void);
static void	test_abort(void);
static void	test_groups(void);
static void	test_subjects(void);
static void	test_ifaces(void);

static struct engine	e;
static struct vrrpe	env;
static struct imsgbuf	*from, *to;

struct iface *
vrrpe_iface(struct vrrpe *en, const char *name)
{
	struct iface	*ifc;

	TAILQ_FOREACH(ifc, &en->ifaces, entry)
		if (strcmp(ifc->status.ifname, name) == 0)
			return (ifc);
	if ((ifc = calloc(1, sizeof(*ifc))) == NULL)
		abort();
	stub_iface(ifc, name, "10.77.0.5");
	/* None that recv_close() could close. */
	stub_fd(&ifc->lan[LAN_INET], 1 << 20);
	stub_fd(&ifc->lan[LAN_INET6], 1 << 20);
	ifc->env = en;
	TAILQ_INSERT_TAIL(&en->ifaces, ifc, entry);
	return (ifc);
}

static void
setup(void)
{
	int	fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds) == -1
	    || (from = imsgbuf_new(fds[0], 0)) == NULL ||
	    (to = imsgbuf_new(fds[1], 0)) == NULL)
		abort();
	TAILQ_INIT(&env.ifaces);
	stage_init(&env.run);
	env.engine = &e;
	e.arg = &env;
}

/* One object as it comes out of a link. */
static int
object(enum msg_type type, const void *data, size_t len)
{
	struct imsg	*msg;
	int		 rc;

	if (imsg_compose(from, type, 0, 1, -1, data, len) == -1 ||
	    imsgbuf_write(from) == -1 || imsgbuf_read(to) != 1 ||
	    imsgbuf_get(to, &msg) != 1)
		abort();
	rc = vrrpe_stage_object(&e, msg);
	if (imsgbuf_get(to, &msg) != 0)
		abort();
	return (rc);
}

static int
send_vrrp(uint32_t id, const char *ifname, uint32_t group, int prio,
    int version)
{
	struct vrrp_config	c;

	memset(&c, 0, sizeof(c));
	c.id = id;
	c.group_id = group;
	c.advert_cs = 100;
	c.vrid = id;
	c.priority = prio;
	c.version = version;
	c.af = AF_INET;
	strlcpy(c.ifname, ifname, sizeof(c.ifname));
	snprintf(c.name, sizeof(c.name), "VI_%u", id);
	return (object(MSG_CONF_VRRP, &c, sizeof(c)));
}

/* The same on eth0, talking to peers alone. */
static int
send_unicast(uint32_t id, uint8_t af)
{
	struct vrrp_config	c;

	memset(&c, 0, sizeof(c));
	c.id = id;
	c.flags = VRRP_F_UNICAST;
	c.advert_cs = 100;
	c.vrid = id;
	c.priority = 100;
	c.version = 3;
	c.af = af;
	strlcpy(c.ifname, "eth0", sizeof(c.ifname));
	snprintf(c.name, sizeof(c.name), "VI_%u", id);
	return (object(MSG_CONF_VRRP, &c, sizeof(c)));
}

static int
send_peer(uint32_t id, const char *addr)
{
	struct peer_config	c;

	memset(&c, 0, sizeof(c));
	c.vrrp_id = id;
	c.min_ttl = 255;
	if (addr_parse(addr, &c.addr) == -1)
		abort();
	return (object(MSG_CONF_PEER, &c, sizeof(c)));
}

static int
send_vaddr_as(uint32_t id, const char *addr, uint32_t flags)
{
	struct vaddr_config	c;

	memset(&c, 0, sizeof(c));
	c.vrrp_id = id;
	c.flags = flags;
	c.prefixlen = 24;
	if (addr_parse(addr, &c.addr) == -1)
		abort();
	return (object(MSG_CONF_VADDR, &c, sizeof(c)));
}

static int
send_vaddr(uint32_t id, const char *addr)
{
	return (send_vaddr_as(id, addr, 0));
}

static int
send_track(uint32_t id, enum track_kind kind, uint32_t ref,
    const char *ifname)
{
	struct track_config	c;

	memset(&c, 0, sizeof(c));
	c.vrrp_id = id;
	c.kind = kind;
	c.ref_id = ref;
	c.weight = -10;
	strlcpy(c.ifname, ifname, sizeof(c.ifname));
	if (ref != 0)
		strlcpy(c.name, "tracked", sizeof(c.name));
	return (object(MSG_CONF_TRACK, &c, sizeof(c)));
}

static int
send_group(uint32_t id)
{
	struct group_config	c;

	memset(&c, 0, sizeof(c));
	c.id = id;
	strlcpy(c.name, "G", sizeof(c.name));
	return (object(MSG_CONF_GROUP, &c, sizeof(c)));
}

/* A good one on eth0. */
static void
instance(uint32_t id, int prio)
{
	if (send_vrrp(id, "eth0", 0, prio, 3) == -1 ||
	    send_vaddr(id, "10.77.0.10") == -1)
		abort();
}

/* All the way to the start; what is wrong, or NULL. */
static const char *
commit(void)
{
	const char	*wrong;

	stub_trace[0] = '\0';
	if ((wrong = vrrpe_stage_end(&e)) != NULL) {
		vrrpe_stage_abort(&e);
		return (wrong);
	}
	vrrpe_stage_commit(&e);
	vrrpe_stage_start(&e);
	return (NULL);
}

static struct vrrp *
master(uint32_t id)
{
	struct vrrp	*v;

	if ((v = stage_vrrp(&env.run, id)) == NULL)
		abort();
	if (v->state != VRRP_MASTER)
		stub_event(v, EV_DOWN_TIMER);
	stub_trace[0] = '\0';
	return (v);
}

static void
test_refused(void)
{
	int	i;

	vrrpe_stage_begin(&e);
	is_int(send_vrrp(0, "eth0", 0, 100, 3), -1, "no id");
	is_int(send_vrrp(1, "eth0", G1, 100, 3), -1, "no such group");
	is_int(send_vrrp(1, "eth0", 0, 100, 4), -1, "version 4");
	is_int(send_vrrp(1, "eth0", 0, 100, 3), 0, "a good instance");
	is_int(send_vrrp(1, "eth0", 0, 100, 3), -1, "the same id again");
	is_int(send_vaddr(2, "10.77.0.10"), -1, "address of nobody");
	is_int(send_vaddr(1, "fd77::10"), -1, "address of another family");
	is_int(send_track(2, TRACK_INTERFACE, 0, "eth1"), -1,
	    "tracker of nobody");
	is_int(send_track(1, TRACK_SCRIPT, 0, ""), -1, "a script of no id");
	is_int(send_track(1, TRACK_SCRIPT, SCRIPT, ""), 0, "a script");
	is_int(send_track(1, TRACK_SERVICE, SCRIPT, ""), -1,
	    "a service of its id");
	for (i = 1; i < TRACK_COUNT_MAX; i++)
		if (send_track(1, TRACK_SERVICE, SERVICE + i, "") == -1)
			abort();
	is_int(send_track(1, TRACK_SERVICE, SERVICE, ""), -1,
	    "one tracker too many");
	is_int(send_group(G1), 0, "a good group");
	is_int(send_group(G1), -1, "the same group again");
	is_int(object(MSG_CONF_VRRP, "short", 5), -1, "a short object");
	is_int(object(MSG_CONF_HOST, "", 0), -1, "an object for others");
	is_str(commit(), "vrrp \"VI_1\" has no address", "not whole");
	ok(TAILQ_EMPTY(&env.run.vrrps) && TAILQ_EMPTY(&env.ifaces),
	    "nothing is left of it");
}

static void
test_start(void)
{
	struct vrrp	*v;

	vrrpe_stage_begin(&e);
	instance(1, 100);
	ok(TAILQ_EMPTY(&env.run.vrrps), "staged, not running");
	stub_trace[0] = '\0';
	is_str(vrrpe_stage_end(&e) == NULL ? "" : "wrong", "", "whole");
	vrrpe_stage_commit(&e);
	v = stage_vrrp(&env.run, 1);
	is_int(v->state, VRRP_INIT, "committed, not started");
	is_str(stub_trace, "", "silent");
	vrrpe_stage_start(&e);
	is_int(v->state, VRRP_BACKUP, "started");
	ok(v->lan->vrid[1] == v, "found by its VRID");
}

static void
test_kept(void)
{
	struct vrrp	*v = master(1);
	int64_t		 due = v->due.us, since = v->since.us;

	v->tx = 77;
	stub_now.us += 300 * MS;
	vrrpe_stage_begin(&e);
	instance(1, 100);
	is_str(commit() == NULL ? "" : "wrong", "", "the same again");
	ok(stage_vrrp(&env.run, 1) == v, "is the same object");
	is_int(v->state, VRRP_MASTER, "keeps its role");
	ok(v->due.us == due && v->since.us == since && v->tx == 77,
	    "timer, age and counters");
	is_str(stub_trace, "", "no advert, no word");
}

static void
test_changed(void)
{
	struct vrrp	*v = master(1);

	vrrpe_stage_begin(&e);
	instance(1, 150);
	commit();
	is_str(stub_trace, "A", "new priority: an advert");
	is_int(v->prio, 150, "with it");

	vrrpe_stage_begin(&e);
	instance(1, 150);
	send_vaddr(1, "10.77.0.11");
	commit();
	is_str(stub_trace, "A", "new address: an advert");
	is_int(v->naddrs, 2, "with both");
	is_int(v->state, VRRP_MASTER, "and still master");
	vrrpe_stage_begin(&e);
	instance(1, 150);
	send_vaddr(1, "10.77.0.11");
	commit();
	is_str(stub_trace, "", "the same again: none");

	vrrpe_stage_begin(&e);
	instance(1, 150);
	send_vaddr(1, "10.77.0.11");
	is_int(send_vaddr_as(1, "fd77::11", VADDR_F_EXCLUDED), 0,
	    "an address that is not advertised");
	commit();
	is_str(stub_trace, "", "is nothing to advertise");
	is_int(v->naddrs, 2, "and not among those that are");
}

static void
test_gone(void)
{
	struct vrrp	*v;

	vrrpe_stage_begin(&e);
	instance(1, 100);
	instance(2, 100);
	commit();
	v = master(1);
	master(2);
	vrrpe_stage_begin(&e);
	instance(2, 100);
	commit();
	is_str(stub_trace, "0i", "a master that is gone releases");
	ok(stage_vrrp(&env.run, 1) == NULL, "and is no more");
	v = stage_vrrp(&env.run, 2);
	is_int(v->state, VRRP_MASTER, "the other stays master");
	ok(v->lan->vrid[1] == NULL && v->lan->vrid[2] == v,
	    "adverts find only it");
}

static void
test_anew(void)
{
	struct vrrp	*v = master(2);

	vrrpe_stage_begin(&e);
	send_vrrp(2, "eth0", 0, 100, 2);
	send_vaddr(2, "10.77.0.10");
	commit();
	is_str(stub_trace, "0ib", "another version: release, start again");
	v = master(2);
	vrrpe_stage_begin(&e);
	send_vrrp(2, "eth1", 0, 100, 2);
	send_vaddr(2, "10.77.0.10");
	commit();
	is_str(stub_trace, "0ib", "another interface: the same");
	v = stage_vrrp(&env.run, 2);
	is_str(v->iface->status.ifname, "eth1", "and there it is");
}

/* IPv6 and IPv4 have numbers and sockets of their own. */
static void
test_families(void)
{
	struct vrrp	*four, *six;
	struct iface	*eth0;

	master(2);
	vrrpe_stage_begin(&e);
	instance(2, 100);
	send_unicast(3, AF_INET6);
	is_int(send_peer(3, "10.77.0.1"), -1, "a peer of another family");
	is_int(send_vaddr(3, "10.77.0.10"), -1, "an address of one");
	is_int(send_peer(3, "fe80::1"), 0, "a peer");
	is_int(send_vaddr(3, "fe80::10"), 0, "an address");
	is_str(commit() == NULL ? "" : "wrong", "", "both are whole");
	four = stage_vrrp(&env.run, 2);
	six = stage_vrrp(&env.run, 3);
	eth0 = four->iface;
	ok(six->iface == eth0 && six->lan == &eth0->lan[LAN_INET6] &&
	    four->lan == &eth0->lan[LAN_INET], "on one interface");
	ok(six->lan->vrid[3] == six && six->lan->vrid[2] == NULL &&
	    four->lan->vrid[2] == four, "each with its numbers");
	ok(eth0->lan[LAN_INET].sock[VSOCK_GROUP].fd != -1 &&
	    eth0->lan[LAN_INET6].sock[VSOCK_UNICAST].fd != -1,
	    "their sockets stay");
	ok(eth0->lan[LAN_INET].sock[VSOCK_UNICAST].fd == -1 &&
	    eth0->lan[LAN_INET6].sock[VSOCK_GROUP].fd == -1,
	    "what none talks through is closed");
	vrrpe_stage_begin(&e);
	instance(2, 100);
	commit();
	ok(eth0->lan[LAN_INET6].sock[VSOCK_UNICAST].fd == -1,
	    "with the last of them its socket goes");
}

static void
test_peers(void)
{
	struct vrrp	*v;

	vrrpe_stage_begin(&e);
	instance(2, 100);
	is_int(send_peer(2, "10.77.0.1"), -1, "a peer, with multicast");
	is_int(send_peer(4, "10.77.0.1"), -1, "of no instance");
	send_unicast(4, AF_INET);
	send_vaddr(4, "10.77.0.11");
	is_str(commit(), "vrrp \"VI_4\" has no peer", "unicast without one");

	vrrpe_stage_begin(&e);
	send_unicast(2, AF_INET);
	send_peer(2, "10.77.0.1");
	send_vaddr(2, "10.77.0.10");
	stub_fd(master(2)->lan, 1 << 20);
	commit();
	is_str(stub_trace, "0ib", "from multicast to unicast: starts again");
	v = master(2);
	vrrpe_stage_begin(&e);
	send_unicast(2, AF_INET);
	send_peer(2, "10.77.0.1");
	send_peer(2, "10.77.0.2");
	send_vaddr(2, "10.77.0.10");
	commit();
	ok(stage_vrrp(&env.run, 2) == v && v->state == VRRP_MASTER,
	    "one more peer: the same instance");
	is_int(v->npeers, 2, "which has it");
	vrrpe_stage_begin(&e);
	send_vrrp(2, "eth1", 0, 100, 2);
	send_vaddr(2, "10.77.0.10");
	commit();
}

static void
test_abort(void)
{
	struct vrrp	*v = master(2);

	vrrpe_stage_begin(&e);
	send_vrrp(2, "eth7", 0, 1, 2);
	send_vaddr(2, "10.77.0.99");
	send_track(2, TRACK_INTERFACE, 0, "eth8");
	vrrpe_stage_abort(&e);
	ok(stage_vrrp(&env.run, 2) == v && v->prio == 100 &&
	    v->state == VRRP_MASTER, "an abort changes nothing");
	is_int(TAILQ_NEXT(TAILQ_FIRST(&env.ifaces), entry) == NULL, 1,
	    "interfaces named in vain are forgotten");
}

/* Into a group and out of it, by reload. */
static void
test_groups(void)
{
	struct vrrp	*a, *b;

	vrrpe_stage_begin(&e);
	instance(1, 100);
	instance(2, 100);
	commit();
	a = master(1);
	b = stage_vrrp(&env.run, 2);

	vrrpe_stage_begin(&e);
	send_group(G1);
	send_vrrp(1, "eth0", G1, 100, 3);
	send_vaddr(1, "10.77.0.10");
	send_vrrp(2, "eth0", G1, 100, 3);
	send_vaddr(2, "10.77.0.11");
	commit();
	is_str(stub_trace, "0b", "grouped with a backup: backup");
	stub_event(a, EV_DOWN_TIMER);
	stub_event(b, EV_DOWN_TIMER);
	is_int(a->state, VRRP_MASTER, "then both are master");

	vrrpe_stage_begin(&e);
	send_group(G1);
	send_vrrp(1, "eth0", G1, 100, 3);
	send_vaddr(1, "10.77.0.10");
	send_vrrp(2, "eth0", G1, 100, 3);
	send_vaddr(2, "10.77.0.11");
	send_vrrp(3, "eth0", G1, 100, 3);
	send_vaddr(3, "10.77.0.12");
	commit();
	is_str(stub_trace, "Am", "a third joins as master");

	vrrpe_stage_begin(&e);
	instance(1, 100);
	commit();
	is_str(stub_trace, "0i0i", "two are gone");
	ok(a->state == VRRP_MASTER && a->group == NULL,
	    "the first is master, alone");
}

static void
test_subjects(void)
{
	struct subject	*s;
	struct vrrp	*v;
	int		 i;

	for (i = 0; i < 2; i++) {
		vrrpe_stage_begin(&e);
		instance(1, 100);
		send_track(1, TRACK_SCRIPT, SCRIPT, "");
		send_track(1, TRACK_SERVICE, SERVICE, "");
		commit();
		v = stage_vrrp(&env.run, 1);
		is_int(v->prio, i == 0 ? 100 : 90, i == 0 ?
		    "nothing is known yet" : "known across a reload");
		s = stage_subject(&env.run, SCRIPT);
		s->state = CTL_TRACK_FAILS;
		track_subject(&env, s);
		is_int(v->prio, 90, "a script fails");
	}
	vrrpe_stage_begin(&e);
	instance(1, 100);
	commit();
	is_int(v->prio, 100, "tracked no more");
	ok(TAILQ_EMPTY(&env.run.subjects), "and forgotten");
}

static void
test_ifaces(void)
{
	struct iface	*ifc;

	vrrpe_stage_begin(&e);
	instance(1, 100);
	send_track(1, TRACK_INTERFACE, 0, "eth1");
	commit();
	ifc = TAILQ_NEXT(TAILQ_FIRST(&env.ifaces), entry);
	ok(ifc != NULL && ifc->lan[LAN_INET].sock[VSOCK_GROUP].fd == -1,
	    "none reads where none runs");
	vrrpe_stage_begin(&e);
	commit();
	ok(TAILQ_EMPTY(&env.ifaces), "an empty configuration has none");
	ok(TAILQ_EMPTY(&env.run.vrrps), "and no instances");
}

int
main(void)
{
	setup();
	test_refused();
	test_start();
	test_kept();
	test_changed();
	test_gone();
	test_anew();
	test_families();
	test_peers();
	test_abort();
	test_groups();
	test_subjects();
	test_ifaces();
	imsgbuf_free(from);
	imsgbuf_free(to);
	return (done_testing());
}
