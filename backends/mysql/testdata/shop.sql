-- A shop that has grown for some years: every type, every sort of key.
CREATE TABLE country (code CHAR(2) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY, name VARCHAR(80) NOT NULL) COMMENT 'ISO 3166';
INSERT INTO country VALUES ('DE', 'Deutschland'), ('FR', 'République française'), ('JP', '日本'), ('AX', 'Åland'), ('CI', 'Côte d''Ivoire');

CREATE TABLE customer (
  id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
  email VARCHAR(120) NOT NULL COLLATE utf8mb4_unicode_ci,
  name VARCHAR(80) NOT NULL,
  country CHAR(2) CHARACTER SET ascii COLLATE ascii_bin,
  since TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  born DATE, is_active BOOLEAN NOT NULL DEFAULT TRUE, flags BIT(12), settings JSON, balance DECIMAL(14,4) NOT NULL DEFAULT 0,
  domain VARCHAR(120) AS (SUBSTRING_INDEX(email, '@', -1)) VIRTUAL,
  secret VARBINARY(32) INVISIBLE,
  UNIQUE KEY by_email (email), KEY by_country (country, name), CONSTRAINT lives_in FOREIGN KEY (country) REFERENCES country (code)
);
INSERT INTO customer (id, email, name, country, since, born, is_active, flags, settings, balance, secret)
  SELECT seq, CONCAT('kundin', seq, '@example.', IF(seq % 2, 'com', 'org')), CONCAT(IF(seq % 3, 'Zoë ', 'Ødegård '), seq), ELT(1 + seq % 6, 'DE', 'FR', 'JP', 'AX', 'CI', NULL),
  '2020-01-01 00:00:00.5' + INTERVAL seq HOUR, IF(seq % 10 = 0, '0000-00-00', '1970-01-01' + INTERVAL seq DAY), seq % 4 <> 0, seq % 4096, CONCAT('{"theme": "', seq, '", "tags": [', seq, ']}'), seq * 1.2345, UNHEX(SHA2(seq, 256))
  FROM seq_1_to_700;

CREATE TABLE category (id INT AUTO_INCREMENT PRIMARY KEY, parent INT NULL, name VARCHAR(60) NOT NULL, CONSTRAINT is_part_of FOREIGN KEY (parent) REFERENCES category (id));
INSERT INTO category VALUES (1, NULL, 'All'), (2, 1, 'Books'), (3, 1, 'Maps'), (4, 2, 'Atlases'), (5, 2, 'Novels');

CREATE TABLE product (
  sku VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_german1_ci PRIMARY KEY, category INT NOT NULL, title VARCHAR(200) NOT NULL, description MEDIUMTEXT,
  price DECIMAL(10,2) UNSIGNED NOT NULL, weight FLOAT, volume DOUBLE, state ENUM('new','on sale','it''s gone') NOT NULL DEFAULT 'new', labels SET('eco','gift','heavy') NOT NULL DEFAULT '',
  image LONGBLOB, year YEAR, ean BIGINT(13) UNSIGNED ZEROFILL, CONSTRAINT is_of FOREIGN KEY (category) REFERENCES category (id), FULLTEXT KEY words (title, description), CHECK (price < 100000)
);
INSERT INTO product SELECT CONCAT('Ä', LPAD(seq, 6, '0')), 2 + seq % 4, CONCAT('Title ', seq), REPEAT(CONCAT('Wörter ', seq, ' '), seq % 50), seq / 7, seq / 3, seq / 11, 1 + seq % 3, seq % 8, REPEAT(CHAR(seq % 256), seq % 900), 1990 + seq % 40, 4000000000000 + seq FROM seq_1_to_600;

CREATE TABLE price_history (sku VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_german1_ci, valid_from DATETIME(6), price DECIMAL(10,2) NOT NULL, PRIMARY KEY (sku, valid_from),
  CONSTRAINT prices FOREIGN KEY (sku) REFERENCES product (sku) ON UPDATE CASCADE);
INSERT INTO price_history SELECT CONCAT('Ä', LPAD(1 + seq % 600, 6, '0')), '2024-01-01 00:00:00.000001' + INTERVAL seq MINUTE, seq / 9 FROM seq_1_to_1800;

CREATE TABLE warehouse (id UUID PRIMARY KEY, name VARCHAR(60) NOT NULL, place POINT NOT NULL, area GEOMETRY, opens TIME NOT NULL, closes TIME(3) NOT NULL, address INET6, SPATIAL KEY by_place (place));
INSERT INTO warehouse SELECT CONCAT('6ba7b810-9dad-11d1-80b4-', LPAD(HEX(seq * 7919), 12, '0')), CONCAT('Lager ', seq), ST_GeomFromText(CONCAT('POINT(', seq / 10, ' ', -seq, ')'), 4326),
  ST_GeomFromText('POLYGON((0 0,4 0,4 4,0 0))'), SEC_TO_TIME(seq * 60), '23:59:59.999', CONCAT('fd00::', HEX(seq)) FROM seq_1_to_300;

CREATE TABLE stock (warehouse UUID, sku VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_german1_ci, bin SMALLINT UNSIGNED, amount INT NOT NULL, PRIMARY KEY (warehouse, sku, bin),
  CONSTRAINT stored_in FOREIGN KEY (warehouse) REFERENCES warehouse (id), CONSTRAINT stock_of FOREIGN KEY (sku) REFERENCES product (sku));
INSERT INTO stock SELECT w.id, p.sku, p.ean % 3, 5 FROM warehouse w JOIN product p ON p.ean % 50 = CONV(RIGHT(w.id, 4), 16, 10) % 50;

CREATE TABLE `order` (
  id BIGINT NOT NULL, placed DATE NOT NULL, customer BIGINT UNSIGNED NOT NULL, `ship-to` VARCHAR(200), total DECIMAL(12,2) NOT NULL DEFAULT 0, PRIMARY KEY (id, placed), KEY by_customer (customer)
) PARTITION BY RANGE COLUMNS (placed) (PARTITION p2024 VALUES LESS THAN ('2025-01-01'), PARTITION p2025 VALUES LESS THAN ('2026-01-01'), PARTITION rest VALUES LESS THAN (MAXVALUE));
INSERT INTO `order` SELECT seq * 37 % 2003, '2024-01-01' + INTERVAL seq DAY, 1 + seq % 700, CONCAT('Straße ', seq), seq FROM seq_1_to_2000;

CREATE TABLE order_line (order_id BIGINT, placed DATE, line TINYINT UNSIGNED, sku VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_german1_ci NOT NULL, amount MEDIUMINT NOT NULL, unit DECIMAL(10,2) NOT NULL, net DECIMAL(20,2) AS (amount * unit) STORED,
  PRIMARY KEY (order_id, placed, line), CONSTRAINT sold FOREIGN KEY (sku) REFERENCES product (sku));
INSERT INTO order_line (order_id, placed, line, sku, amount, unit) SELECT o.id, o.placed, l.seq, CONCAT('Ä', LPAD(1 + o.id % 600, 6, '0')), l.seq, 9.99 FROM `order` o, seq_1_to_2 l;

CREATE TABLE payment (reference VARBINARY(16) PRIMARY KEY, amount DECIMAL(12,2) NOT NULL, method ENUM('card','cash','bank') NOT NULL, at DATETIME NOT NULL);
INSERT INTO payment SELECT UNHEX(MD5(seq)), seq / 100, 1 + seq % 3, '2025-06-01' + INTERVAL seq SECOND FROM seq_1_to_500;

CREATE TABLE visit (kind ENUM('web','shop','phone'), day DATE, n INT, note TINYTEXT, PRIMARY KEY (kind, day, n));
INSERT INTO visit SELECT 1 + seq % 3, '2025-01-01' + INTERVAL seq DIV 10 DAY, seq, NULL FROM seq_1_to_900;

CREATE TABLE coupon (code VARCHAR(30) COLLATE utf8mb4_bin NOT NULL, shop INT NOT NULL, percent TINYINT NOT NULL, UNIQUE KEY by_code (shop, code));
INSERT INTO coupon SELECT CONCAT(IF(seq % 2, 'summer', 'Summer'), seq), seq % 5, seq % 100 FROM seq_1_to_400;

CREATE TABLE tag (name VARCHAR(40) PRIMARY KEY) COLLATE utf8mb4_general_ci;
INSERT INTO tag SELECT CONCAT(CHAR(97 + seq % 26), IF(seq % 2, 'É', 'e'), seq) FROM seq_1_to_300;

CREATE TABLE sensor (id INT, at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), reading DOUBLE, PRIMARY KEY (at, id));
INSERT INTO sensor SELECT seq % 7, '2025-10-26 00:00:00' + INTERVAL seq MINUTE, seq / 13 FROM seq_1_to_800;

CREATE TABLE `Über-Namen` (`Schlüssel 1` INT, `select` INT, `a.b` VARCHAR(10), PRIMARY KEY (`Schlüssel 1`));
INSERT INTO `Über-Namen` SELECT seq, seq, seq FROM seq_1_to_50;

CREATE TABLE contract (id INT PRIMARY KEY, text LONGTEXT CHARACTER SET utf16, signed DATETIME) WITH SYSTEM VERSIONING;
INSERT INTO contract SELECT seq, CONCAT('🌲 ', seq), '2025-01-01' FROM seq_1_to_60;
UPDATE contract SET signed = '2025-02-02';

CREATE TABLE audit_log (at DATETIME, message TEXT);
INSERT INTO audit_log SELECT '2025-01-01', CONCAT('event ', seq) FROM seq_1_to_100;

CREATE TABLE legacy (id INT PRIMARY KEY, v VARCHAR(10)) ENGINE=MyISAM;
INSERT INTO legacy SELECT seq, seq FROM seq_1_to_100;

CREATE SEQUENCE invoice_number;
CREATE VIEW active_customer AS SELECT id, name FROM customer WHERE is_active;
