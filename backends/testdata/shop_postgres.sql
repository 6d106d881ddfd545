-- A shop as it grows over the years: several schemas, keys of every shape, and
-- columns of all types that people use. 31 tables and views.

create schema stock;
create schema "Mixed Case";

create domain email as text check (value ~ '@');
create domain stock.quantity as integer check (value >= 0);
create type order_state as enum ('new', 'paid', 'packed', 'shipped', 'returned');
create type stock.dimensions as (width numeric, height numeric, depth numeric);

-- identity, defaults, a domain, arrays, json
create table customers (
  id         bigint generated always as identity primary key,
  name       text not null,
  address    email unique,
  tags       text[] not null default '{}',
  settings   jsonb not null default '{"theme": "dark"}',
  raw        json,
  born       date,
  created    timestamptz not null default '2026-01-02 03:04:05.678901+00',
  credit     numeric(12,2) not null default 0,
  active     boolean not null default true
);
insert into customers (name, address, tags, raw, born, credit)
select 'Customer ' || i, 'c' || i || '@example.org', array['t' || i % 7, 'ü "quoted"', null], ('{"b": 1,  "a": [' || i || ']}')::json,
       date '1950-01-01' + i, i * 1.1 from generate_series(1, 300) i;

-- composite key of text and integer, under a linguistic collation where there is one
create table stock.warehouses (
  country char(2) not null,
  code    text not null,
  place   point,
  area    polygon,
  phone   varchar(20),
  primary key (country, code)
);
insert into stock.warehouses
select case i % 3 when 0 then 'DE' when 1 then 'FR' else 'JP' end, 'W' || i, point(i, -i), '((0,0),(1,0),(1,1))', '+49 ' || i
from generate_series(1, 60) i;

-- uuid key, bytea, generated column, numeric without limits
create table stock.products (
  id       uuid primary key,
  sku      text not null unique,
  picture  bytea,
  price    numeric not null,
  gross    numeric generated always as (price * 1.19) stored,
  size     stock.dimensions,
  words    tsvector,
  amount   stock.quantity not null default 0
);
insert into stock.products (id, sku, picture, price, size, words, amount)
select ('00000000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'SKU-' || i, decode(lpad(to_hex(i), 8, '0'), 'hex'),
       i + 0.123456789012345678901234567890, row(i, 2, 3)::stock.dimensions, to_tsvector('simple', 'red shoe ' || i), i
from generate_series(1, 250) i;

-- enum, interval, foreign keys
create table orders (
  id         integer primary key,
  customer   bigint not null references customers (id),
  state      order_state not null default 'new',
  placed     timestamp not null,
  patience   interval,
  total      money,
  note       text
);
insert into orders
select i, 1 + i % 300, (array['new','paid','packed','shipped','returned'])[1 + i % 5]::order_state,
       timestamp '2026-01-01' + i * interval '1 hour', i * interval '1 day 2 hours', i::numeric::money, null
from generate_series(1, 700) i;
create index orders_by_state on orders (state, placed desc) where note is null;

-- composite foreign key and composite key
create table order_items (
  order_id  integer not null references orders (id) on delete cascade,
  line      smallint not null,
  product   uuid not null references stock.products (id),
  country   char(2),
  code      text,
  pieces    integer not null check (pieces > 0),
  primary key (order_id, line),
  foreign key (country, code) references stock.warehouses (country, code)
);
insert into order_items
select o, l, ('00000000-0000-4000-8000-' || lpad(to_hex(1 + (o + l) % 250), 12, '0'))::uuid, 'DE', 'W3', 1 + l
from generate_series(1, 700) o, generate_series(1, 2) l;

-- timestamp key, ranges
create table stock.prices (
  valid_from timestamptz primary key,
  during     tstzrange,
  numbers    int4range,
  amounts    numrange,
  days       daterange[]
);
insert into stock.prices
select timestamptz '2026-01-01 00:00:00.000001+00' + i * interval '1 microsecond', tstzrange(now(), null), int4range(i, i + 5), numrange(null, i, '[]'),
       array[daterange('2026-01-01', '2026-02-01')] from generate_series(1, 120) i;

-- bytea key
create table stock.blobs (digest bytea primary key, size bigint not null);
insert into stock.blobs select decode(lpad(to_hex(i * 7919), 8, '0'), 'hex'), i from generate_series(0, 150) i;

-- network and bit types
create table hosts (
  address inet primary key,
  network cidr,
  mac     macaddr,
  mac8    macaddr8,
  flags   bit(8) not null default B'00000000',
  mask    bit varying
);
insert into hosts
select ('10.0.' || i / 256 || '.' || i % 256)::inet, '10.0.0.0/16', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', i::bit(8), i::bit(5)::varbit
from generate_series(1, 90) i;

-- geometric types, xml, full text, special numbers and times
create table shapes (
  id       integer primary key,
  line     line,
  segment  lseg,
  box      box,
  path     path,
  circle   circle,
  doc      xml,
  query    tsquery,
  single   real,
  double   double precision,
  big      numeric,
  clock    time,
  zoned    timetz,
  far      date,
  ever     timestamp
);
insert into shapes
select i, '{1,2,3}', '((0,0),(1,1))', '((2,2),(0,0))', '[(0,0),(1,1)]', '<(0,0),5>', '<a/>', 'red & shoe',
       case i % 3 when 0 then 'NaN' when 1 then 'Infinity' else 1.1 end::real, case i % 2 when 0 then '-Infinity' else 0.1 end::float8,
       case i % 2 when 0 then 'NaN'::numeric else 1e100 end, '24:00:00', '12:00:00.5+05:30',
       case i % 3 when 0 then 'infinity' when 1 then '4713-01-01 BC' else '2026-02-28' end::date, case i % 2 when 0 then '-infinity' else '0044-03-15 BC' end::timestamp
from generate_series(1, 40) i;

-- no primary key, but a unique index over what cannot be NULL
create table coupons (code text not null, worth integer, constraint coupon_code unique (code));
insert into coupons select 'C' || lpad(i::text, 4, '0'), i from generate_series(1, 50) i;

-- no key at all
create table visits (page text, seen timestamptz);
insert into visits select '/p/' || i % 5, timestamptz '2026-01-01 00:00+00' + i * interval '1 second' from generate_series(1, 130) i;

-- partitioned by range, with a key that begins with the range
create table events (
  day   date not null,
  id    bigint not null,
  what  text,
  primary key (day, id)
) partition by range (day);
create table events_2025 partition of events for values from ('2025-01-01') to ('2026-01-01');
create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01');
insert into events select date '2025-07-01' + i, i, 'event ' || i from generate_series(1, 400) i;

-- names that need quotes
create table "Mixed Case"."Übersicht ""täglich""" (
  "Schlüssel" text primary key,
  "select"    integer,
  "a b"       text
);
insert into "Mixed Case"."Übersicht ""täglich""" select 'k' || i, i, 'v' from generate_series(1, 30) i;

-- a tree, and a table whose every column is its key
create table categories (id integer primary key, parent integer references categories (id), name text);
insert into categories select i, nullif(i / 2, 0), 'category ' || i from generate_series(1, 64) i;
create table product_categories (
  product  uuid references stock.products (id),
  category integer references categories (id),
  primary key (product, category)
);
insert into product_categories
select ('00000000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 1 + i % 64 from generate_series(1, 200) i;

-- inheritance
create table people (id integer primary key, name text);
create table staff (salary numeric(10,2)) inherits (people);
alter table staff add primary key (id);
insert into people select i, 'person ' || i from generate_series(1, 20) i;
insert into staff select 100 + i, 'employee ' || i, 1000 + i from generate_series(1, 20) i;

-- keys of many parts and directions
create table readings (
  sensor  smallint,
  at      timestamp,
  kind    varchar(10),
  value   double precision,
  primary key (sensor, at, kind)
);
insert into readings select i % 9, timestamp '2026-01-01' + i * interval '1 minute', 'k' || i % 4, sqrt(i) from generate_series(1, 500) i;

-- long values, and none
create table documents (id serial primary key, body text, nothing text);
insert into documents (body) select repeat('line ' || i || E'\n', 4000) from generate_series(1, 12) i;
create table empty (id integer primary key, what text);

create view customer_totals as select customer, count(*) as orders, sum(total) as total from orders group by customer;
create view paid_orders as select id, customer, placed from orders where state = 'paid';
create materialized view product_words as select id, sku, words from stock.products;
create unique index on product_words (id);
analyze;
