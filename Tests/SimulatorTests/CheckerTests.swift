import Cryptography
import LedgerModel
import NodeCore
import Simulator
import Testing

/// The checker notices what it is there for.
@Suite("The simulator's checker")
struct CheckerTests {
  private let key = PeerID(key: [1, 2, 3])

  private func digest(_ number: UInt8) throws -> Digest {
    try #require(Digest([UInt8](repeating: number, count: 32)))
  }

  private func state(_ height: UInt64, _ root: UInt8 = 1) throws -> ExecutedState {
    ExecutedState(
      height: height, indexRoot: try digest(root), logRoot: try digest(root), logSize: 3)
  }

  @Test("Two nodes with one chain are no fault")
  func agrees() throws {
    var checker = Checker()
    for node in 0..<2 {
      checker.committed(
        height: 1, block: try digest(1), state: try state(1), transactions: [try digest(9)],
        node: node)
    }
    checker.finished(node: 0, height: 1, receipts: [try digest(9): 1], calls: [try digest(9): 1])
    #expect(checker.faults == [])
  }

  @Test("A fork is noticed")
  func fork() throws {
    var checker = Checker()
    checker.committed(
      height: 1, block: try digest(1), state: try state(1), transactions: [], node: 0)
    checker.committed(
      height: 1, block: try digest(2), state: try state(1), transactions: [], node: 1)
    #expect(checker.faults.first?.hasPrefix("K1 fork") == true)
  }

  @Test("Another state after the same block is noticed")
  func state() throws {
    var checker = Checker()
    checker.committed(
      height: 1, block: try digest(1), state: try state(1), transactions: [], node: 0)
    checker.committed(
      height: 1, block: try digest(1), state: try state(1, 2), transactions: [], node: 1)
    #expect(checker.faults.first?.hasPrefix("K1 state") == true)
  }

  @Test("A transaction that is lost, is there twice or came from nowhere is noticed")
  func transactions() throws {
    for (receipts, calls) in [(0, 1), (2, 1), (1, 2)] {
      var checker = Checker()
      checker.committed(
        height: 1, block: try digest(1), state: try state(1), transactions: [try digest(9)],
        node: 0)
      checker.finished(
        node: 1, height: 1, receipts: receipts == 0 ? [:] : [try digest(9): receipts],
        calls: [try digest(9): calls])
      #expect(checker.faults.first?.hasPrefix("K3: node 1") == true)
    }
    var checker = Checker()
    checker.finished(node: 1, height: 1, receipts: [try digest(8): 1], calls: [:])
    #expect(checker.faults.count == 1)
    checker = Checker()
    for height in 1...2 as ClosedRange<UInt64> {
      checker.committed(
        height: height, block: try digest(UInt8(height)), state: try state(height),
        transactions: [try digest(9)], node: 0)
    }
    #expect(checker.faults.first?.hasPrefix("K3 twice") == true)
  }

  @Test("A lie that was noticed and is not proven, or is proven twice, is noticed")
  func lies() throws {
    let lie = Checker.Lie(epoch: 1, validator: "v")
    for (reported, isGood) in [([lie], true), ([], false), ([lie, lie], false)] {
      var checker = Checker()
      checker.noticed(lie, node: 2, life: 1)
      checker.finished(
        node: 0, reported: reported, provable: checker.provable(epoch: 1, lives: [2: 1]))
      #expect((checker.faults.first?.hasPrefix("K7: node 0") ?? false) == !isGood)
    }
    var checker = Checker()
    checker.noticed(lie, node: 2, life: 1)
    #expect(checker.provable(epoch: 2, lives: [2: 1]) == [], "the epoch has ended")
    #expect(checker.provable(epoch: 1, lives: [2: 3]) == [], "its only witness has crashed")
    checker.noticed(lie, node: 3, life: 1)
    #expect(checker.provable(epoch: 1, lives: [2: 3, 3: 1]) == [lie])
  }

  @Test("Votes that exclude each other are noticed, others are not")
  func votes() throws {
    let one = VoteSubject.Statement.notarize(parentView: 0, block: try digest(1))
    let other = VoteSubject.Statement.notarize(parentView: 0, block: try digest(2))
    let final = VoteSubject.Statement.finalize(parentView: 0, block: try digest(1))
    let finalOther = VoteSubject.Statement.finalize(parentView: 0, block: try digest(2))
    let cases: [([VoteSubject.Statement], Bool)] = [
      ([one, one], true), ([one, .nullify], true), ([one, final, one], true),
      ([one, other], false), ([.nullify, final], false), ([final, .nullify], false),
      ([final, finalOther], false),
    ]
    for (statements, isGood) in cases {
      var checker = Checker()
      for statement in statements {
        checker.said(VoteSubject(epoch: 0, view: 1, statement: statement), by: key)
      }
      #expect(checker.faults.isEmpty == isGood, "\(statements)")
    }
    var checker = Checker()
    checker.said(VoteSubject(epoch: 0, view: 1, statement: one), by: key)
    checker.said(VoteSubject(epoch: 1, view: 1, statement: other), by: key)
    checker.said(VoteSubject(epoch: 0, view: 1, statement: other), by: PeerID(key: [4]))
    #expect(checker.faults == [])
  }
}
