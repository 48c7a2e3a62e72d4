import NIOCore
import Testing

@testable import Transport

/// Whom to dial, and when.
struct AddressBookTests {
  private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
  private static let address = PeerAddress(name: "a", host: "h", port: 1)

  private static func book(_ addresses: [PeerAddress]) -> AddressBook {
    AddressBook(addresses, waitMin: .milliseconds(50), waitMax: .seconds(2))
  }

  private static func due(
    _ book: inout AddressBook, _ now: NIODeadline, linked: Set<PeerKey> = [],
    allowed: Set<PeerKey> = []
  ) -> [PeerAddress] {
    book.due(now: now, isLinked: linked.contains, isAllowed: allowed.contains)
  }

  @Test("Waits double from 50 ms to 2 s, each between half and all of it", arguments: 0..<20)
  func waits(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var book = Self.book([Self.address])
    var now = Self.start
    for wait: Int64 in [50, 100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000] {
      #expect(Self.due(&book, now) == [Self.address])
      #expect(Self.due(&book, now + .hours(1)).isEmpty, "one call at a time")
      book.ended(Self.address, now: now, using: &generator)
      #expect(Self.due(&book, now + .milliseconds(wait / 2) - .nanoseconds(1)).isEmpty)
      now = now + .milliseconds(wait)
    }
  }

  @Test("Who answered is called again soon")
  func answered() {
    var generator = SeededGenerator(seed: 1)
    var book = Self.book([Self.address])
    for _ in 0..<10 { book.ended(Self.address, now: Self.start, using: &generator) }
    book.answered(Self.address, key: PeerKey([1]))
    book.ended(Self.address, now: Self.start, using: &generator)
    #expect(Self.due(&book, Self.start + .milliseconds(50)) == [Self.address])
  }

  @Test("Nobody dials a linked key, nor a named one that is not allowed")
  func notDialled() {
    var generator = SeededGenerator(seed: 1)
    let key = PeerKey([1])
    var named = Self.address
    named.key = key
    var book = Self.book([named])
    #expect(Self.due(&book, Self.start).isEmpty)
    #expect(Self.due(&book, Self.start, linked: [key], allowed: [key]).isEmpty)
    #expect(Self.due(&book, Self.start, allowed: [key]) == [named])
    var other = Self.book([Self.address])
    _ = Self.due(&other, Self.start)
    other.answered(Self.address, key: key)
    other.ended(Self.address, now: Self.start, using: &generator)
    #expect(Self.due(&other, Self.start + .hours(1), linked: [key]).isEmpty)
    #expect(Self.due(&other, Self.start + .hours(1)) == [Self.address])
  }

  @Test("New addresses keep what is known of old ones, and repeated ones count once")
  func replaced() {
    var book = Self.book([Self.address])
    _ = Self.due(&book, Self.start)
    let other = PeerAddress(name: "b", host: "h", port: 2)
    book.replace(with: [Self.address, other, other])
    #expect(Self.due(&book, Self.start) == [other])
    book.replace(with: [])
    #expect(Self.due(&book, Self.start + .hours(1)).isEmpty)
  }
}
