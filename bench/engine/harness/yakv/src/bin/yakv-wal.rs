//! YAKV as it was up to 0.1: a write-ahead log of pages, one fsync a commit.

use anyhow::Result;
use std::path::Path;
use yakv_wal::storage::{Storage, StorageConfig};
use yakv_harness::{serve, Bytes, Engine};

struct Wal(Storage);

impl Engine for Wal {
    fn open(dir: &Path, sync: bool) -> Result<Self> {
        let log = dir.join("log");
        // Without a log nothing is synced.
        let log = sync.then_some(log.as_path());
        Ok(Wal(Storage::open(&dir.join("db"), log, StorageConfig::default())?))
    }

    fn put(&self, pairs: &mut dyn Iterator<Item = Result<(Bytes, Bytes)>>) -> Result<()> {
        self.0.put_all(pairs)
    }

    fn delete(&self, keys: &mut dyn Iterator<Item = Result<Bytes>>) -> Result<()> {
        self.0.remove_all(keys)
    }

    fn get(&self, key: &Bytes) -> Result<Option<Bytes>> {
        self.0.get(key)
    }

    fn scan(&self, back: bool, each: &mut dyn FnMut(&[u8], &[u8])) -> Result<()> {
        let mut entries = self.0.iter();
        while let Some(entry) = if back { entries.next_back() } else { entries.next() } {
            let (key, value) = entry?;
            each(&key, &value);
        }
        Ok(())
    }

    fn cut(&self, lo: Bytes, hi: Bytes) -> Result<()> {
        let keys: Result<Vec<Bytes>> = self.0.range(lo..hi).map(|entry| entry.map(|e| e.0)).collect();
        self.0.remove_all(&mut keys?.into_iter().map(Ok))
    }
}

fn main() -> Result<()> {
    serve::<Wal>()
}
