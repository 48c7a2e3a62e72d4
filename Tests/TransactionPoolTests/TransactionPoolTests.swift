import Cryptography
import LedgerModel
import Testing
import TransactionPool

struct TransactionPoolTests {
  private static let wide = TransactionPool.Limits(
    bytes: 1 << 20, transactionsPerMember: 100, bytesPerMember: 1 << 20)

  @Test("Transactions leave in the order of arrival, whoever sent them")
  func order() throws {
    var pool = TransactionPool(limits: Self.wide)
    let arrived = try (0..<10).map { try Samples.transaction($0, by: "member-\($0 % 3)") }
    for transaction in arrived { #expect(try pool.add(transaction)) }

    let first = pool.take(calls: 4, bytes: 1 << 20)
    let rest = pool.take(calls: 100, bytes: 1 << 20)

    #expect(first.map(\.id) == arrived[..<4].map(\.id))
    #expect(rest.map(\.id) == arrived[4...].map(\.id))
    #expect(pool.isEmpty)
    #expect(pool.byteCount == 0)
  }

  @Test("A transaction waits once, and may come again after it was taken")
  func duplicate() throws {
    var pool = TransactionPool(limits: Self.wide)
    let transaction = try Samples.transaction(1)

    #expect(try pool.add(transaction))
    #expect(try !pool.add(transaction))
    #expect(pool.count == 1)
    #expect(pool.byteCount == transaction.byteCount)
    _ = pool.take(calls: 1, bytes: 1)
    #expect(try pool.add(transaction))
  }

  @Test("A member over its quota is refused by name while others are admitted")
  func quota() throws {
    var pool = TransactionPool(limits: .init(
        bytes: 1 << 20, transactionsPerMember: 2, bytesPerMember: 1 << 20))
    #expect(try pool.add(Samples.transaction(1)))
    #expect(try pool.add(Samples.transaction(2)))

    #expect(throws: PoolFault.quota(member: "fund", limit: 2)) {
      try pool.add(Samples.transaction(3))
    }
    #expect(try pool.add(Samples.transaction(3, by: "employer")))
    #expect(pool.count == 3)

    _ = pool.take(calls: 1, bytes: 1 << 20)
    #expect(try pool.add(Samples.transaction(3)), "what was taken no longer counts")
  }

  @Test("A member over its bytes is refused while others are admitted, but never its only one")
  func byteQuota() throws {
    let first = try Samples.transaction(1, bytes: 1_000)
    var pool = TransactionPool(
      limits: .init(bytes: 1 << 20, transactionsPerMember: 10, bytesPerMember: 100))
    #expect(try pool.add(first))
    #expect(throws: PoolFault.byteQuota(member: "fund", limit: 100)) {
      try pool.add(Samples.transaction(2))
    }
    #expect(try pool.add(Samples.transaction(2, by: "employer")))
    _ = pool.take(calls: 1, bytes: 1 << 20)
    #expect(try pool.add(Samples.transaction(2)), "what was taken no longer counts")
  }

  @Test("New limits hold for what comes; what waits stays")
  func newLimits() throws {
    var pool = TransactionPool(limits: Self.wide)
    for number in 0..<3 { #expect(try pool.add(Samples.transaction(number))) }
    pool.limits = .init(bytes: 1 << 20, transactionsPerMember: 2, bytesPerMember: 1 << 20)
    #expect(throws: PoolFault.quota(member: "fund", limit: 2)) {
      try pool.add(Samples.transaction(4))
    }
    #expect(pool.take(calls: 10, bytes: 1 << 20).count == 3)
    #expect(try pool.add(Samples.transaction(4)))
  }

  @Test("A full pool refuses, admits what exactly fits, and has room again after a take")
  func bytes() throws {
    let sizes = try [Samples.transaction(1, bytes: 100), Samples.transaction(2, bytes: 50)]
    let limit = sizes.reduce(0) { $0 + $1.byteCount }
    var pool = TransactionPool(limits: .init(
        bytes: limit, transactionsPerMember: 10, bytesPerMember: 1 << 20))
    #expect(try pool.add(sizes[0]))

    #expect(throws: PoolFault.full(bytes: sizes[0].byteCount, limit: limit)) {
      try pool.add(Samples.transaction(3, bytes: 51))
    }
    #expect(try pool.add(sizes[1]))
    #expect(pool.byteCount == limit)
    #expect(throws: PoolFault.full(bytes: limit, limit: limit)) {
      try pool.add(Samples.transaction(4))
    }
    _ = pool.take(calls: 1, bytes: 1 << 20)
    #expect(try pool.add(Samples.transaction(4)))
  }

  @Test("An empty pool admits a transaction above its bound, or it could never be ordered")
  func large() throws {
    var pool = TransactionPool(limits: .init(
        bytes: 10, transactionsPerMember: 10, bytesPerMember: 10))
    let large = try Samples.transaction(1, calls: 5, bytes: 1_000)
    #expect(try pool.add(large))
    #expect(throws: PoolFault.full(bytes: large.byteCount, limit: 10)) {
      try pool.add(Samples.transaction(2))
    }
    #expect(pool.take(calls: 1, bytes: 1).map(\.id) == [large.id], "at least one is taken")
    #expect(pool.take(calls: 1, bytes: 1).isEmpty)
  }

  @Test("A take stops before the first transaction that exceeds calls or bytes, and skips none")
  func takeLimits() throws {
    var pool = TransactionPool(limits: Self.wide)
    let small = try (0..<3).map { try Samples.transaction($0, calls: 2) }
    let many = try Samples.transaction(3, calls: 3)
    let last = try Samples.transaction(4)
    for transaction in small + [many, last] { #expect(try pool.add(transaction)) }

    #expect(pool.take(calls: 5, bytes: 1 << 20).count == 2)
    let exact = small[2].byteCount + many.byteCount
    #expect(pool.take(calls: 100, bytes: exact - 1).map(\.id) == [small[2].id])
    #expect(pool.take(calls: 3, bytes: 1 << 20).map(\.id) == [many.id])
    #expect(pool.take(calls: 0, bytes: 0).map(\.id) == [last.id])
  }

  @Test("The pool does what a naive list does over 4,000 random operations")
  func twin() throws {
    let transactions = try (0..<60).map { index in
      try Samples.transaction(
        index, by: "member-\(index % 4)", calls: 1 + index % 3, bytes: 37 * (index % 7))
    }
    let limits = TransactionPool.Limits(
      bytes: 5_000, transactionsPerMember: 6, bytesPerMember: 1_800)
    var random = SeededGenerator(seed: 7)
    var pool = TransactionPool(limits: limits)
    var twin = NaivePool(limits: limits)
    var outcomes: [NaivePool.Outcome: Int] = [:]
    for step in 0..<4_000 {
      if random.chance(80) {
        let transaction = transactions[random.number(0..<transactions.count)]
        let expected = twin.add(transaction)
        outcomes[expected, default: 0] += 1
        #expect(Self.outcome(of: transaction, into: &pool) == expected, "step \(step)")
      } else {
        let (calls, bytes) = (random.number(0..<20), random.number(0..<3_000))
        #expect(
          pool.take(calls: calls, bytes: bytes).map(\.id)
            == twin.take(calls: calls, bytes: bytes).map(\.id), "step \(step)")
      }
      #expect(pool.count == twin.waiting.count, "step \(step)")
      #expect(pool.byteCount == twin.byteCount, "step \(step)")
      #expect(pool.isEmpty == twin.waiting.isEmpty, "step \(step)")
    }
    #expect(outcomes.count == 5, "every outcome occurs: \(outcomes)")
  }

  private static func outcome(
    of transaction: Transaction, into pool: inout TransactionPool
  ) -> NaivePool.Outcome {
    do throws(PoolFault) {
      return try pool.add(transaction) ? .added : .known
    } catch {
      switch error {
      case .full: return .full
      case .quota: return .quota
      case .byteQuota: return .byteQuota
      }
    }
  }
}
