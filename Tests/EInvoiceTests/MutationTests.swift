import EInvoice
import Testing

@Suite("Mutilated and parallel input")
struct MutationTests {
  @Test("Every beginning of a sample is refused", arguments: [Fixtures.settled, Fixtures.gbk])
  func everyPrefix(_ path: String) throws {
    let file = try Fixtures.bytes(path)
    let end = try #require(file.lastIndex(of: UInt8(ascii: ">")))
    let parser = InvoiceParser()
    for length in 0...end {
      let fault = parser.fault(of: Array(file[..<length]))
      #expect(fault == .truncated(bytes: fault.flatMap(Self.bytes) ?? -1), "\(length)")
    }
    #expect(parser.fault(of: Array(file[...end])) == nil)
  }

  @Test("A flipped, added or lost byte gives an invoice or a fault, and the same one each time")
  func mutations() throws {
    let parser = InvoiceParser()
    let files = try [
      Fixtures.settled, Fixtures.red, Fixtures.gbk, "dialects/camel.xml", "dialects/flat.xml",
    ].map { try Fixtures.bytes($0) }
    let seed: UInt64 = 20_250_906
    var generator = SeededGenerator(seed: seed)
    var refused = 0
    let cases = 2_000
    for index in 0..<cases {
      var file = files[index % files.count]
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: 0..<file.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: file[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: file.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        default: file.remove(at: place)
        }
      }
      let fault = parser.fault(of: file)
      #expect(parser.fault(of: file) == fault, "seed \(seed), case \(index)")
      guard let fault else { continue }
      refused += 1
      #expect(!fault.field.isEmpty && !fault.value.isEmpty, "seed \(seed), case \(index)")
    }
    // Many edits fall in free texts and do no harm, most do.
    #expect(refused > cases / 2 && refused < cases)
  }

  @Test("Parsers on several threads give what one thread gives")
  func parallel() async throws {
    let parser = InvoiceParser()
    let files = try Fixtures.names(in: "invoices").map { try Fixtures.bytes("invoices/\($0)") }
      + [Array("<EInvoice>&x;</EInvoice>".utf8), Fixtures.bytes(Fixtures.gbk)]
    let expected = files.map { Outcome(of: $0, by: parser) }
    let threads = 8
    let rounds = 3
    let all = await withTaskGroup(of: [Outcome].self) { group in
      for _ in 0..<threads {
        group.addTask { (0..<rounds).flatMap { _ in files.map { Outcome(of: $0, by: parser) } } }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(all.count == threads)
    #expect(all.allSatisfy { $0 == Array(repeating: expected, count: rounds).flatMap { $0 } })
  }

  private static func bytes(_ fault: InvoiceFault) -> Int? {
    guard case .truncated(let bytes) = fault else { return nil }
    return bytes
  }
}

private enum Outcome: Equatable, Sendable {
  case invoice(Invoice)
  case fault(InvoiceFault)

  init(of bytes: [UInt8], by parser: InvoiceParser) {
    do throws(InvoiceFault) {
      self = .invoice(try parser.parse(bytes))
    } catch {
      self = .fault(error)
    }
  }
}
