import EInvoice
import Foundation

/// The largest of the made-up invoices that the tests read.
struct InvoiceSample {
  let parser = InvoiceParser()
  let file: [UInt8]

  init() throws {
    var root = URL(filePath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    let invoices = root.appending(path: "Tests/Fixtures/invoices")
    file = Array(
      try Data(contentsOf: invoices.appending(path: "0029-blue-46060225-7596230493.xml")))
  }
}
