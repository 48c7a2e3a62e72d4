/// The entries of one table in key order, in one array: simple, exact, quick to copy for a scan.
struct SortedEntries: Sendable {
  struct Entry: Sendable {
    let key: [UInt8]
    var value: [UInt8]
  }
  private var entries: [Entry] = []

  /// The value of `key`; setting `nil` removes it.
  subscript(key: [UInt8]) -> [UInt8]? {
    get {
      let index = firstIndex(notBefore: key)
      return isKey(key, at: index) ? entries[index].value : nil
    }
    set {
      let index = firstIndex(notBefore: key)
      switch (newValue, isKey(key, at: index)) {
      case (let value?, true): entries[index].value = value
      case (let value?, false): entries.insert(Entry(key: key, value: value), at: index)
      case (nil, true): entries.remove(at: index)
      case (nil, false): break
      }
    }
  }

  /// The entries whose keys lie in `range`, ascending.
  subscript(range: KeyRange) -> ArraySlice<Entry> {
    let start = firstIndex(notBefore: range.lowerBound)
    let end = range.upperBound.map { firstIndex(notBefore: $0) } ?? entries.endIndex
    return entries[start..<max(start, end)]
  }

  private func isKey(_ key: [UInt8], at index: Int) -> Bool {
    index < entries.endIndex && entries[index].key == key
  }

  private func firstIndex(notBefore key: [UInt8]) -> Int {
    var low = entries.startIndex
    var high = entries.endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if entries[middle].key.lexicographicallyPrecedes(key) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}
