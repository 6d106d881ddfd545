//! The half of the harness that is the same for both versions of YAKV: data,
//! orders, the clock, and the commands, which ../protocol.h describes.

use anyhow::{anyhow, bail, ensure, Result};
use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Instant;

pub type Bytes = Vec<u8>;

/// A store that is open. Dropping it closes it.
pub trait Engine: Sized {
    fn open(dir: &Path, sync: bool) -> Result<Self>;
    /// Puts what is left of an iterator in one transaction.
    fn put(&self, pairs: &mut dyn Iterator<Item = Result<(Bytes, Bytes)>>) -> Result<()>;
    fn delete(&self, keys: &mut dyn Iterator<Item = Result<Bytes>>) -> Result<()>;
    fn get(&self, key: &Bytes) -> Result<Option<Bytes>>;
    fn scan(&self, back: bool, each: &mut dyn FnMut(&[u8], &[u8])) -> Result<()>;
    fn cut(&self, lo: Bytes, hi: Bytes) -> Result<()>;
}

struct Data {
    key: String,
    min: u32,
    max: u32,
}

fn mix64(mut x: u64) -> u64 {
    x ^= x >> 30;
    x = x.wrapping_mul(0xBF58476D1CE4E5B9);
    x ^= x >> 27;
    x = x.wrapping_mul(0x94D049BB133111EB);
    x ^ (x >> 31)
}

impl Data {
    fn parse(key: &str, value: &str) -> Result<Data> {
        ensure!(["4", "8", "16", "user"].contains(&key), "no such kind of key: {key}");
        let (min, max) = value.split_once('-').unwrap_or((value, value));
        Ok(Data { key: key.into(), min: min.parse()?, max: max.parse()? })
    }

    fn key(&self, x: u32) -> Bytes {
        match self.key.as_str() {
            "4" => x.to_be_bytes().to_vec(),
            "8" => (x as u64).to_be_bytes().to_vec(),
            "16" => [mix64(x as u64).to_be_bytes(), (x as u64).to_be_bytes()].concat(),
            _ => format!("user:{x:08}:profile").into_bytes(),
        }
    }

    fn value(&self, x: u32) -> Bytes {
        let mut n = self.min;
        if self.max != self.min {
            n += (x.wrapping_mul(2654435761) >> 8) % (self.max - self.min + 1);
        }
        let mut v = vec![b'v'; n as usize];
        v[..8].copy_from_slice(&(x as u64).to_le_bytes());
        v
    }
}

fn number(value: &[u8]) -> u64 {
    u64::from_le_bytes(value[..8].try_into().unwrap())
}

/// The numbers of a file, and how far the commands have come in it.
struct Order {
    numbers: Vec<u32>,
    next: usize,
}

impl Order {
    fn take(&mut self, n: usize) -> Result<&[u32]> {
        ensure!(n <= self.numbers.len(), "an order of {} numbers, not {n}", self.numbers.len());
        if self.next + n > self.numbers.len() {
            self.next = 0;
        }
        self.next += n;
        Ok(&self.numbers[self.next - n..self.next])
    }
}

struct Session<E> {
    home: String,
    data: Data,
    orders: HashMap<String, Order>,
    store: Option<E>,
}

fn timed(ops: u64, sum: Option<u64>, started: Instant) -> String {
    let ns = started.elapsed().as_nanos();
    match sum {
        Some(sum) => format!("ok ns={ns} ops={ops} sum={sum}"),
        None => format!("ok ns={ns} ops={ops}"),
    }
}

impl<E: Engine> Session<E> {
    fn open(&mut self, sync: &str) -> Result<&E> {
        self.store = None;
        Ok(self.store.insert(E::open(Path::new(&self.home), sync == "sync")?))
    }

    fn fresh(&mut self, sync: &str) -> Result<String> {
        self.store = None;
        for entry in std::fs::read_dir(&self.home)? {
            std::fs::remove_file(entry?.path())?;
        }
        self.orders.values_mut().for_each(|o| o.next = 0);
        self.open(sync)?;
        Ok("ok".into())
    }

    /// Returns the open store and the next numbers of an order.
    fn take(&mut self, path: &str, n: &str) -> Result<(&E, &Data, &[u32])> {
        if !self.orders.contains_key(path) {
            let bytes = std::fs::read(path)?;
            let numbers = bytes.chunks_exact(4).map(|b| u32::from_le_bytes(b.try_into().unwrap())).collect();
            self.orders.insert(path.into(), Order { numbers, next: 0 });
        }
        let store = self.store.as_ref().ok_or_else(|| anyhow!("no store is open"))?;
        Ok((store, &self.data, self.orders.get_mut(path).unwrap().take(n.parse()?)?))
    }

    fn put(&mut self, path: &str, n: &str, batch: &str) -> Result<String> {
        let (store, data, numbers) = self.take(path, n)?;
        let started = Instant::now();
        for chunk in numbers.chunks(batch.parse()?) {
            store.put(&mut chunk.iter().map(|&x| Ok((data.key(x), data.value(x)))))?;
        }
        Ok(timed(numbers.len() as u64, None, started))
    }

    fn get(&mut self, path: &str, n: &str) -> Result<String> {
        let (store, data, numbers) = self.take(path, n)?;
        let mut sum = 0;
        let started = Instant::now();
        for &x in numbers {
            let value = store.get(&data.key(x))?.ok_or_else(|| anyhow!("key {x} is missing"))?;
            ensure!(number(&value) == x as u64, "key {x} has the value of {}", number(&value));
            sum += x as u64 + value.len() as u64;
        }
        Ok(timed(numbers.len() as u64, Some(sum), started))
    }

    fn scan(&mut self, back: bool) -> Result<String> {
        let store = self.store.as_ref().ok_or_else(|| anyhow!("no store is open"))?;
        let (mut n, mut sum) = (0, 0u64);
        let started = Instant::now();
        store.scan(back, &mut |k, v| {
            n += 1;
            sum += u32::from_le_bytes(k[..4].try_into().unwrap()) as u64 + number(v) + v.len() as u64;
        })?;
        Ok(timed(n, Some(sum), started))
    }

    fn delete(&mut self, path: &str, n: &str) -> Result<String> {
        let (store, data, numbers) = self.take(path, n)?;
        let started = Instant::now();
        store.delete(&mut numbers.iter().map(|&x| Ok(data.key(x))))?;
        Ok(timed(numbers.len() as u64, None, started))
    }

    fn cut(&mut self, lo: &str, hi: &str) -> Result<String> {
        let (lo, hi) = (self.data.key(lo.parse()?), self.data.key(hi.parse()?));
        let store = self.store.as_ref().ok_or_else(|| anyhow!("no store is open"))?;
        let started = Instant::now();
        store.cut(lo, hi)?;
        Ok(timed(1, None, started))
    }

    fn first(&mut self, sync: &str, x: &str) -> Result<String> {
        let key = self.data.key(x.parse()?);
        self.store = None;
        let started = Instant::now();
        self.open(sync)?.get(&key)?.ok_or_else(|| anyhow!("key {x} is missing"))?;
        Ok(timed(1, None, started))
    }

    fn size(&self) -> Result<String> {
        let mut bytes = 0;
        for entry in std::fs::read_dir(&self.home)? {
            bytes += entry?.metadata()?.len();
        }
        Ok(format!("ok bytes={bytes}"))
    }

    fn obey(&mut self, words: &[&str]) -> Result<String> {
        match words {
            ["fresh", sync] => self.fresh(sync),
            ["open", sync] => self.open(sync).map(|_| "ok".into()),
            ["close"] => {
                self.store = None;
                Ok("ok".into())
            }
            ["put", path, n, batch, ..] => self.put(path, n, batch),
            ["get" | "getmany", path, n] => self.get(path, n),
            ["scan"] => self.scan(false),
            ["back"] => self.scan(true),
            ["delete", path, n] => self.delete(path, n),
            ["cut", lo, hi] => self.cut(lo, hi),
            ["first", sync, x] => self.first(sync, x),
            ["size"] => self.size(),
            _ => bail!("no such command: {}", words.join(" ")),
        }
    }
}

/// Answers the commands on standard input until it ends.
pub fn serve<E: Engine>() -> Result<()> {
    let args: Vec<String> = std::env::args().collect();
    ensure!(args.len() == 4, "usage: {} DIRECTORY KEY VALUE", args[0]);
    let data = Data::parse(&args[2], &args[3])?;
    let mut session = Session::<E> { home: args[1].clone(), data, orders: HashMap::new(), store: None };
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let answer = session.obey(&words).unwrap_or_else(|e| format!("error {e}"));
        println!("{answer}");
        std::io::stdout().flush()?;
    }
    Ok(())
}
