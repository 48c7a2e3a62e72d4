import Cryptography
import FuzzEntries
import LedgerModel
import TestLedger
import Testing

@testable import NodeCore

@Suite("Batches that wait are bounded for each author and kept in order")
struct HeldBatchesTests {
  private let batches: [CheckedBatch]
  private let author = PeerID(key: [1])
  private let other = PeerID(key: [2])

  init() throws {
    let world = try TestWorld()
    batches = try (0..<12).map { number in
      let note = Notes.put("a", String(repeating: "x", count: 1 + number * 40))
      return CheckedBatch(
        Batch([try world.transaction([note], key: [UInt8(number)])], suite: world.suite), epoch: 0)
    }
  }

  private func digest(_ number: Int) -> Digest { batches[number].batch.digest }

  private func add(
    _ number: Int, _ author: PeerID?, _ held: inout HeldBatches, isWanted: Bool = false
  ) -> Bool {
    held.add(batches[number], author: author, isWanted: isWanted, atMs: UInt64(number))
  }

  @Test("An author may have so many bytes here, whatever others have")
  func bounds() {
    let limit = batches[3].byteCount + batches[4].byteCount
    var held = HeldBatches(bytesPerAuthor: limit)
    #expect(add(3, author, &held))
    #expect(add(4, author, &held))
    #expect(held.bytes(of: author) == limit)
    #expect(!add(0, author, &held))
    #expect(held[digest(0)] == nil)
    #expect(add(0, other, &held))
    held.remove(digest(3))
    #expect(add(2, author, &held))
    #expect(held.bytes(of: author) == batches[2].byteCount + batches[4].byteCount)
    #expect(held.byteCount == held.bytes(of: author) + held.bytes(of: other))
  }

  @Test("A batch above the bound is held if its author has nothing else, is wanted, or is own")
  func exceptions() {
    var held = HeldBatches(bytesPerAuthor: 1)
    #expect(add(5, author, &held))
    #expect(!add(6, author, &held))
    #expect(add(6, author, &held, isWanted: true))
    #expect(add(7, nil, &held))
    #expect(add(8, nil, &held))
    #expect(held.count == 4)
  }

  @Test("A copy is not held twice, nor one that was ordered a short time ago, even if wanted")
  func copies() {
    var held = HeldBatches(bytesPerAuthor: .max)
    #expect(add(1, author, &held))
    #expect(!add(1, author, &held))
    #expect(!add(1, other, &held, isWanted: true))
    #expect(held.bytes(of: other) == 0)
    held.order([digest(1), digest(2)])
    #expect(held.isEmpty)
    for number in [1, 2] {
      #expect(held.wasOrdered(digest(number)))
      #expect(!add(number, other, &held, isWanted: true))
    }
  }

  @Test("What was ordered is remembered for at least 8,192 batches, and not for ever")
  func memory() throws {
    var held = HeldBatches(bytesPerAuthor: .max)
    let digests = try (0..<20_000).map { number in
      try #require(Digest(UInt64(number).bigEndianBytes + [UInt8](repeating: 7, count: 24)))
    }
    for (number, digest) in digests.enumerated() {
      held.order([digest])
      #expect(held.wasOrdered(digests[max(0, number - 8_191)]))
    }
    #expect(!held.wasOrdered(digests[0]))
  }

  @Test("A batch that was taken out and comes again is last in order, and there once")
  func again() {
    var held = HeldBatches(bytesPerAuthor: .max)
    for number in [1, 2, 3] { #expect(add(number, author, &held)) }
    held.remove(digest(2))
    #expect(add(2, author, &held))
    #expect(held.all.map(\.batch.batch.digest) == [1, 3, 2].map(digest))
  }

  @Test("A batch checked again under a later registry takes the earlier one's place, not back")
  func replacing() {
    var held = HeldBatches(bytesPerAuthor: .max)
    #expect(add(1, author, &held))
    #expect(add(2, author, &held))
    for (epoch, expected) in [(2, 2), (1, 2), (3, 3)] as [(UInt64, UInt64)] {
      held.replace(CheckedBatch(batches[1].batch, epoch: epoch))
      #expect(held[digest(1)]?.batch.epoch == expected)
    }
    held.replace(CheckedBatch(batches[4].batch, epoch: 1))
    #expect(held.all.map(\.batch.batch.digest) == [1, 2].map(digest))
    #expect(held[digest(1)]?.author == author)
  }

  @Test("Any order of operations gives what plain arrays give",
    arguments: 1...20 as ClosedRange<UInt64>)
  func twin(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let limit = 3 * batches[5].byteCount
    var held = HeldBatches(bytesPerAuthor: limit)
    var twin = NaiveBatches(limit: limit)
    for _ in 0..<2_000 {
      let batch = batches[Int.random(in: batches.indices, using: &generator)]
      let digest = batch.batch.digest
      switch Int.random(in: 0..<40, using: &generator) {
      case 0: // Once ordered, a batch never comes back: seldom, or nothing would be left.
        held.order([digest])
        twin.order(digest)
      case 1..<12:
        held.remove(digest)
        twin.entries.removeAll { $0.batch.batch.digest == digest }
      default:
        let author = [nil, author, other].randomElement(using: &generator) ?? nil
        let isWanted = Int.random(in: 0..<8, using: &generator) == 0
        #expect(
          held.add(batch, author: author, isWanted: isWanted, atMs: 1)
            == twin.add(batch, author: author, isWanted: isWanted))
      }
      #expect(held.all.map(\.batch.batch.digest) == twin.entries.map(\.batch.batch.digest))
      #expect(held.all.map(\.author) == twin.entries.map(\.author))
      #expect(held.count == twin.entries.count)
      for author in [nil, author, other] { #expect(held.bytes(of: author) == twin.bytes(author)) }
    }
  }
}

/// The same in one array that is searched from end to end.
private struct NaiveBatches {
  let limit: Int
  var entries: [(batch: CheckedBatch, author: PeerID?)] = []
  private var ordered: [Digest] = []

  init(limit: Int) { self.limit = limit }

  func bytes(_ author: PeerID?) -> Int {
    entries.filter { $0.author == author }.map(\.batch.byteCount).reduce(0, +)
  }

  mutating func add(_ batch: CheckedBatch, author: PeerID?, isWanted: Bool) -> Bool {
    let digest = batch.batch.digest
    guard !ordered.contains(digest), !entries.contains(where: { $0.batch.batch.digest == digest })
    else { return false }
    let fits = bytes(author) == 0 || bytes(author) + batch.byteCount <= limit
    guard fits || isWanted || author == nil else { return false }
    entries.append((batch, author))
    return true
  }

  mutating func order(_ digest: Digest) {
    ordered.append(digest)
    entries.removeAll { $0.batch.batch.digest == digest }
  }
}
