internal import NIOCore

/// Whom to dial, and when: each address again after it failed, with waits that double.
struct AddressBook {
  private struct Entry {
    var address: PeerAddress
    /// The key that answered last, where the address names none.
    var learned: PeerKey?
    var failures = 0
    var notBefore: NIODeadline = .distantPast
    var isDialled = false
  }

  private let waitMin: TimeAmount
  private let waitMax: TimeAmount
  private var entries: [Entry]

  init(_ addresses: [PeerAddress], waitMin: TimeAmount, waitMax: TimeAmount) {
    self.waitMin = waitMin
    self.waitMax = max(waitMin, waitMax)
    entries = []
    replace(with: addresses)
  }

  /// Takes other addresses; what is known of those that stay is kept.
  mutating func replace(with addresses: [PeerAddress]) {
    var seen: Set<PeerAddress> = []
    entries = addresses.filter { seen.insert($0).inserted }.map { address in
      entries.first { $0.address == address } ?? Entry(address: address)
    }
  }

  /// The keys that addresses name.
  var namedKeys: [PeerKey] { entries.compactMap(\.address.key) }

  /// The addresses to dial now, which count as dialled until `ended`.
  ///
  /// Nobody dials a key that has a link, nor one that an address names and that is not allowed.
  mutating func due(
    now: NIODeadline, isLinked: (PeerKey) -> Bool, isAllowed: (PeerKey) -> Bool
  ) -> [PeerAddress] {
    var due: [PeerAddress] = []
    for index in entries.indices {
      let entry = entries[index]
      guard !entry.isDialled, entry.notBefore <= now,
        !((entry.address.key ?? entry.learned).map(isLinked) ?? false),
        entry.address.key.map(isAllowed) ?? true
      else { continue }
      entries[index].isDialled = true
      due.append(entry.address)
    }
    return due
  }

  /// Remembers who proved its key at an address: while it has a link, be it one that it dialled
  /// itself, it is not called.
  mutating func learned(_ address: PeerAddress, key: PeerKey) {
    guard let index = index(of: address) else { return }
    entries[index].learned = key
  }

  /// Remembers that a link to an address stood.
  mutating func answered(_ address: PeerAddress, key: PeerKey) {
    learned(address, key: key)
    guard let index = index(of: address) else { return }
    entries[index].failures = 0
  }

  /// Plans the next call after a connection failed or ended.
  mutating func ended(
    _ address: PeerAddress, now: NIODeadline, using generator: inout some RandomNumberGenerator
  ) {
    guard let index = index(of: address) else { return }
    // 2 to the 20th times any first wait is beyond the last.
    let doublings = min(entries[index].failures, 20)
    let wait = min(waitMax.nanoseconds, waitMin.nanoseconds << Int64(doublings))
    entries[index].failures += 1
    entries[index].isDialled = false
    entries[index].notBefore =
      now + .nanoseconds(Int64.random(in: wait / 2...wait, using: &generator))
  }

  /// Lets every address be dialled at once.
  mutating func forgetWaits() {
    for index in entries.indices { entries[index].notBefore = .distantPast }
  }

  private func index(of address: PeerAddress) -> Int? {
    entries.firstIndex { $0.address == address }
  }
}
