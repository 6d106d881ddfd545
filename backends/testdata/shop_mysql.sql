-- A shop as it grows over the years: keys of every shape, and columns of all
-- types that people use. 24 tables and views.

create table customers (
  id         bigint unsigned not null auto_increment primary key,
  name       varchar(100) not null,
  address    varchar(190) unique,
  born       date,
  created    timestamp(6) not null default '2026-01-02 03:04:05.678901',
  credit     decimal(12,2) not null default 0,
  active     boolean not null default true,
  settings   json,
  interests  set('books','music','sports','travel') not null default ''
) character set utf8mb4;
insert into customers (name, address, born, credit, settings, interests)
select concat('Customer ', seq), concat('c', seq, '@example.org'), cast('1950-01-01' as date) + interval seq day, seq * 1.1,
       concat('{"b": 1,  "a": [', seq, ']}'), 'books,travel' from seq_1_to_300;

create table warehouses (
  country char(2) not null,
  code    varchar(20) character set utf8mb4 collate utf8mb4_unicode_ci not null,
  place   point,
  area    polygon,
  phone   varchar(20),
  primary key (country, code)
);
insert into warehouses
select elt(1 + seq % 3, 'DE', 'FR', 'JP'), concat(elt(1 + seq % 4, 'a', 'B', 'ä', 'Z'), seq), point(seq, -seq),
       st_geomfromtext('POLYGON((0 0,1 0,1 1,0 0))'), concat('+49 ', seq) from seq_1_to_60;

create table products (
  id       binary(16) not null primary key,
  sku      varchar(40) not null unique,
  picture  blob,
  price    decimal(40,18) not null,
  gross    decimal(40,18) generated always as (price * 2) stored,
  shown    varchar(60) generated always as (concat('#', sku)) virtual,
  amount   int unsigned not null default 0,
  hidden   int invisible default 7
);
insert into products (id, sku, picture, price, amount)
select unhex(lpad(hex(seq), 32, '0')), concat('SKU-', seq), unhex(lpad(hex(seq * 255), 8, '0')), seq + 0.123456789012345678, seq from seq_1_to_250;

create table orders (
  id         int not null primary key,
  customer   bigint unsigned not null,
  state      enum('new','paid','packed','shipped','returned') not null default 'new',
  placed     datetime(3) not null,
  patience   time(2),
  note       text,
  foreign key (customer) references customers (id)
);
insert into orders
select seq, 1 + seq % 300, 1 + seq % 5, timestamp('2026-01-01 00:00:00.125') + interval seq hour, sec_to_time(seq * 3000), null from seq_1_to_700;
create index orders_by_state on orders (state, placed);

create table order_items (
  order_id  int not null,
  line      smallint not null,
  product   binary(16) not null,
  country   char(2),
  code      varchar(20) character set utf8mb4 collate utf8mb4_unicode_ci,
  pieces    mediumint not null,
  primary key (order_id, line),
  foreign key (order_id) references orders (id) on delete cascade,
  foreign key (product) references products (id),
  foreign key (country, code) references warehouses (country, code)
);
insert into order_items select o.seq, l.seq, unhex(lpad(hex(1 + (o.seq + l.seq) % 250), 32, '0')), null, null, 1 + l.seq
from seq_1_to_700 o, seq_1_to_2 l;

create table prices (valid_from datetime(6) primary key, amount double, single float, years year);
insert into prices select timestamp('2026-01-01 00:00:00.000001') + interval seq microsecond, seq / 3, seq / 7, 1990 + seq % 100 from seq_1_to_120;

create table blobs (digest varbinary(64) primary key, size bigint unsigned not null);
insert into blobs select unhex(lpad(hex(seq * 7919), 8, '0')), 18446744073709551615 - seq from seq_0_to_150;

create table hosts (address varchar(40) character set ascii collate ascii_bin primary key, flags bit(8) not null default b'0', many bit(64), tiny tinyint unsigned);
insert into hosts select concat('10.0.', seq div 256, '.', seq % 256), seq, 18446744073709551615, seq from seq_1_to_90;

create table shapes (
  id      int primary key,
  line    linestring,
  points  multipoint,
  every   geometry,
  clock   time,
  far     date,
  doc     longtext,
  small   tinyblob,
  medium  mediumblob
);
insert into shapes select seq, st_geomfromtext('LINESTRING(0 0,1 1)'), st_geomfromtext('MULTIPOINT(0 0,1 1)'), point(1, 2), '-838:59:59', '9999-12-31', '<a/>', '\0\'', 'm'
from seq_1_to_40;

create table zero_dates (id int primary key, d date, dt datetime, ts timestamp null);
set sql_mode = 'ALLOW_INVALID_DATES';
insert into zero_dates select seq, elt(1 + seq % 3, '0000-00-00', '2026-00-10', '2026-02-31'), '0000-00-00 00:00:00', null from seq_1_to_25;
set sql_mode = default;

create table codes (code varchar(20) not null, worth int, unique key coupon_code (code));
insert into codes select concat('C', lpad(seq, 4, '0')), seq from seq_1_to_50;

create table visits (page varchar(50), seen timestamp null);
insert into visits select concat('/p/', seq % 5), timestamp('2026-01-01') + interval seq second from seq_1_to_130;

create table events (day date not null, id bigint not null, what varchar(50), primary key (day, id))
partition by range columns (day) (partition p2025 values less than ('2026-01-01'), partition rest values less than (maxvalue));
insert into events select cast('2025-07-01' as date) + interval seq day, seq, concat('event ', seq) from seq_1_to_400;

create table `Übersicht "täglich" ``x``` (`Schlüssel` varchar(20) character set utf8mb4 primary key, `select` int, `a b` varchar(10)) character set utf8mb4;
insert into `Übersicht "täglich" ``x``` select concat('k', seq), seq, 'v' from seq_1_to_30;

create table categories (id int primary key, parent int, name varchar(40), foreign key (parent) references categories (id));
insert into categories select seq, nullif(seq div 2, 0), concat('category ', seq) from seq_1_to_64 order by seq;

create table product_categories (product binary(16), category int, primary key (product, category),
  foreign key (product) references products (id), foreign key (category) references categories (id));
insert into product_categories select unhex(lpad(hex(seq), 32, '0')), 1 + seq % 64 from seq_1_to_200;

create table levels (state enum('low','middle','high') not null, n tinyint not null, what char(5), primary key (state, n));
insert into levels select 1 + seq % 3, seq, 'x' from seq_1_to_45;

create table ids (id uuid primary key, what inet6);
insert into ids select concat(lpad(hex(seq * 999983), 8, '0'), '-0000-4000-8000-', lpad(hex(seq), 12, '0')), '::1' from seq_1_to_80;

create table readings (sensor smallint unsigned, at datetime, kind varchar(10), value double, primary key (sensor, at, kind));
insert into readings select seq % 9, timestamp('2026-01-01') + interval seq minute, concat('k', seq % 4), sqrt(seq) from seq_1_to_500;

create table documents (id int auto_increment primary key, body mediumtext, nothing text);
insert into documents (body) select repeat(concat('line ', seq, '\n'), 4000) from seq_1_to_12;

create table `empty` (id int primary key, what varchar(10));
create view customer_totals as select customer, count(*) as orders from orders group by customer;
create view paid_orders as select id, customer, placed from orders where state = 'paid';
analyze table customers, orders, order_items, products;
