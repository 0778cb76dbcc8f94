-- Makes the five database roles, the schema sec and the site row. A superuser runs it inside the new database
-- `jtrack`, once or again; it changes nothing the second time. Passwords are set afterwards, one role at a time.
-- jt_owner owns the tables, jt_web and jt_gate serve pages, jt_worker imports, jt_backup dumps.

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['jt_owner', 'jt_web', 'jt_gate', 'jt_worker', 'jt_backup'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', wanted);
        END IF;
        EXECUTE format('ALTER ROLE %I LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION '
                       'NOBYPASSRLS', wanted);
    END LOOP;
END $$;

-- A dump must hold every row; it is read on this machine only and leaves it sealed.
-- Whether a member inherits is settled when it becomes one, so it is made one anew after it may inherit.
ALTER ROLE jt_backup BYPASSRLS INHERIT;
REVOKE pg_read_all_data FROM jt_backup;
GRANT pg_read_all_data TO jt_backup;
ALTER ROLE jt_backup SET default_transaction_read_only = on;

-- Members that inherit nothing: another role is entered on purpose, by SET LOCAL ROLE, or not at all.
GRANT jt_worker, jt_web TO jt_owner;
GRANT jt_web TO jt_worker;

-- Sessions of one role can read each other's SQL, and psycopg2 writes an officer's context into it.
ALTER ROLE jt_web SET track_activities = off;

ALTER ROLE jt_web SET statement_timeout = '30s';
ALTER ROLE jt_web SET lock_timeout = '5s';
ALTER ROLE jt_web SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE jt_gate SET statement_timeout = '10s';
-- The name typed at sign-in stands in its statements.
ALTER ROLE jt_gate SET track_activities = off;
ALTER ROLE jt_gate SET lock_timeout = '5s';
ALTER ROLE jt_gate SET idle_in_transaction_session_timeout = '10s';
-- An import reads its file inside its transaction, so it may pause between statements for longer than a page.
ALTER ROLE jt_worker SET idle_in_transaction_session_timeout = '5min';
ALTER ROLE jt_owner SET idle_in_transaction_session_timeout = '5min';
ALTER ROLE jt_owner SET lock_timeout = '30s';

DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO jt_owner, jt_web, jt_gate, jt_worker, jt_backup',
                   current_database());
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO jt_web, jt_gate, jt_worker, jt_backup;
GRANT USAGE, CREATE ON SCHEMA public TO jt_owner;

CREATE SCHEMA IF NOT EXISTS sec AUTHORIZATION jt_owner;

-- What kind of site this is. The superuser owns it, so no role of the service can change it: a live site cannot
-- be turned into a training site, which shows second-factor codes on its pages.
CREATE SCHEMA IF NOT EXISTS site;
CREATE TABLE IF NOT EXISTS site.site (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    kind text NOT NULL CHECK (kind IN ('training', 'live')),
    made_at timestamptz NOT NULL DEFAULT now()
);
GRANT USAGE ON SCHEMA site TO jt_owner, jt_web, jt_gate, jt_worker, jt_backup;
GRANT SELECT ON site.site TO jt_owner, jt_web, jt_gate, jt_worker, jt_backup;
