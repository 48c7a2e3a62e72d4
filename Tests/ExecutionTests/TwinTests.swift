import BuiltinContracts
import LedgerModel
import Testing

/// The contract against a naive model of an invoice's life.
struct TwinTests {
  private static let seeds: [UInt64] = Array(1...10)
  private static let operationsPerSeed = 300
  private static let members = [
    "hospital", "clinic", "fund", "fund-2", "employer", "patient", "relative",
  ]

  @Test("The contract accepts what the naive model accepts, and both end in the same state")
  func twin() throws {
    var (accepted, refused): ([String: Int], [String: Int]) = ([:], [:])
    for seed in Self.seeds {
      var random = SeededGenerator(seed: seed)
      var chain = try TestChain()
      var twin = NaiveInvoices()
      var done = 0
      while done < Self.operationsPerSeed {
        let steps = (0..<random.number(1..<5)).map { _ in Self.step(&random) }
        let block = try steps.enumerated().map { index, step in
          try chain.transaction(
            step.member, [Self.request(step.operation, chain)], key: "\(done + index)")
        }
        let now = chain.timeMs
        let expected = steps.map { twin.perform($0.operation, by: $0.member, at: now) }

        let receipts = try chain.commit(block).transactions.flatMap(\.receipts)

        let place = "seed \(seed) after \(done): \(steps)"
        #expect(receipts.map(\.isDone) == expected, "\(place)")
        for (step, isAccepted) in zip(steps, expected) {
          if isAccepted {
            accepted[step.operation.name, default: 0] += 1
          } else {
            refused[step.operation.name, default: 0] += 1
          }
        }
        try Self.compare(twin, chain, at: now, place)
        done += steps.count
        chain.timeMs += UInt64(random.number(0..<20))
      }
    }
    // Otherwise the comparison would not say much.
    for name in [
      "blue", "red", "lock", "unlock", "post", "unpost", "print", "exchangePaper", "authorise",
      "revoke",
    ] {
      #expect(accepted[name, default: 0] >= 5, "\(name) was hardly accepted: \(accepted)")
      #expect(refused[name, default: 0] >= 5, "\(name) was hardly refused: \(refused)")
    }
  }

  private static func compare(
    _ twin: NaiveInvoices, _ chain: TestChain, at now: UInt64, _ place: String
  ) throws {
    for (number, naive) in twin.invoices {
      let invoice = try chain.invoice(number)
      #expect(invoice.postedFen <= max(0, invoice.facts.amountFen), "\(place)")
      #expect(invoice.facts.amountFen == Int64(naive.amount), "\(place)")
      #expect(invoice.postedFen == Int64(naive.postedSum), "\(place)")
      #expect(invoice.redFlushed == (naive.reversedBy != nil), "\(place)")
      #expect(invoice.hold(atMs: now)?.holder == naive.lockHolder(now), "\(place)")
      #expect(Int(invoice.prints) == naive.prints, "\(place)")
      #expect(invoice.hasPaper == naive.isOnPaper, "\(place)")
      #expect(Set(invoice.grants.map(\.grantee)) == naive.readers, "\(place)")
      let events = try #require(chain.asset(TestChain.asset(number))).leaf.sequence + 1
      #expect(Int(events) == naive.events, "\(place)")
    }
  }

  private struct Step {
    let operation: Operation
    let member: String
  }

  /// Usually a member that may do it, over few invoices so that operations meet.
  private static func step(_ random: inout SeededGenerator) -> Step {
    let blue = "B\(random.number(0..<6))"
    let number = random.chance(85) ? blue : "R\(random.number(0..<6))"
    let amount = random.chance(70) ? 100 : 250
    let id = "V\(random.number(0..<3))"
    let grantee = random.chance(20) ? "patient" : ["relative", "employer"][random.number(0..<2)]
    let (operation, usual): (Operation, [String]) =
      switch random.number(0..<26) {
      case 0...2: (.blue(number: blue, amount: random.chance(95) ? amount : -amount), ["hospital"])
      case 3, 24, 25:
        (.red(number: "R\(random.number(0..<6))", blue: number, amount: -amount), ["hospital"])
      case 4...6:
        (.lock(number: number, milliseconds: random.number(-1..<60)), ["fund", "employer"])
      case 7...8: (.unlock(number: number), ["fund", "employer"])
      case 9...14:
        (
          .post(number: number, amount: random.number(-2..<120), id: id),
          ["fund", "fund-2", "employer"]
        )
      case 15...18: (.unpost(number: number, id: id), ["fund", "fund-2", "employer"])
      case 19: (.print(number: number), ["patient", "hospital"])
      case 20: (.exchangePaper(number: number), ["hospital"])
      case 21...22: (.authorise(number: number, grantee: grantee), ["patient"])
      default: (.revoke(number: number, grantee: grantee), ["patient"])
      }
    let candidates = random.chance(85) ? usual : members
    return Step(operation: operation, member: candidates[random.number(0..<candidates.count)])
  }

  private static func request(_ operation: Operation, _ chain: TestChain) throws -> Request {
    switch operation {
    case .blue(let number, let amount): try chain.blue(number, Int64(amount))
    case .red(let number, let blue, let amount): try chain.red(number, of: blue, Int64(amount))
    case .lock(let number, let milliseconds):
      chain.lock(number, until: UInt64(Int(chain.timeMs) + milliseconds))
    case .unlock(let number): chain.unlock(number)
    case .post(let number, let amount, let id): chain.post(number, Int64(amount), id: id)
    case .unpost(let number, let id): chain.unpost(number, id: id)
    case .print(let number): chain.print(number)
    case .exchangePaper(let number): chain.exchangePaper(number)
    case .authorise(let number, let grantee): try chain.authorise(number, grantee)
    case .revoke(let number, let grantee): chain.revoke(number, grantee)
    }
  }
}
