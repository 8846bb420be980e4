/*
 * Preloaded under isolationtester, which tells the sessions of a test apart by the process ids of their backends and takes those from
 * PQbackendPID. A proxy gives its client a process id of its own there (a CancelRequest finds its way by it), so that no function of the
 * server knows it. Whoever wants the server's asks the server, as pg_stat_activity's readers do.
 */
#include <stdio.h>
#include <stdlib.h>
#include "libpq-fe.h"

int
PQbackendPID(const PGconn *connection)
{
	PGresult   *result = PQexec((PGconn *) connection, "SELECT pg_catalog.pg_backend_pid()");
	int			pid;

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
	{
		fprintf(stderr, "pg_backend_pid: %s", PQresultErrorMessage(result));
		exit(1);
	}
	pid = atoi(PQgetvalue(result, 0, 0));
	PQclear(result);
	return pid;
}
