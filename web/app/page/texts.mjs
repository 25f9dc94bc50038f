// What the page itself says, in Thai and English. Findings, failures and titles come from the tool.

const TEXTS = {
  title: ["ตรวจและออกชุดข้อมูลแผนปฏิบัติการป้องกันการทุจริต", "Check and release an anti-corruption plan"],
  language: ["English", "ภาษาไทย"],
  private: [
    "ข้อมูลไม่ออกจากเครื่องนี้ โปรแกรมทำงานในเบราว์เซอร์ ไม่ส่งไฟล์ไปที่ใด",
    "Nothing leaves this computer. The tool runs in the browser and sends no file anywhere.",
  ],
  menu: ["ขั้นตอน", "Steps"],
  start: ["เริ่มต้น", "Start"],
  findings: ["ผลการตรวจ", "Findings"],
  release: ["ออกชุดข้อมูล", "Release"],
  compare: ["เทียบสองรุ่น", "Compare"],
  verify: ["ตรวจไฟล์ ZIP", "Verify a ZIP"],

  loading_download: ["กำลังโหลดโปรแกรม {done} จาก {total} MB", "Loading the tool: {done} of {total} MB"],
  loading_python: ["กำลังเริ่มโปรแกรม", "Starting the tool"],
  loading_modules: ["กำลังเตรียมกฎการตรวจ", "Preparing the rules"],
  loading_ready: ["โปรแกรมพร้อมใช้งาน", "The tool is ready"],
  broken: [
    "เริ่มโปรแกรมไม่ได้ โหลดหน้านี้ใหม่ หากยังไม่ได้ ให้ใช้ Chrome, Edge หรือ Firefox รุ่นล่าสุด",
    "The tool cannot start. Load the page again; if that does not help, use a current Chrome, Edge or Firefox.",
  ],
  crashed: [
    "โปรแกรมหยุดทำงานและเริ่มใหม่แล้ว ไฟล์และการแก้ไขยังอยู่ครบ ลองอีกครั้ง",
    "The tool stopped and started anew. The files and corrections are all there. Try again.",
  ],
  step_read: ["กำลังอ่านไฟล์", "Reading the files"],
  step_judge: ["กำลังตรวจ", "Checking"],
  step_build: ["กำลังจัดทำไฟล์", "Making the files"],
  step_pack: ["กำลังรวมเป็นไฟล์ ZIP", "Packing the ZIP"],
  cancel: ["ยกเลิก", "Cancel"],
  cancelled: ["ยกเลิกแล้ว ไฟล์และการแก้ไขยังอยู่ครบ", "Cancelled. The files and corrections are all there."],

  start_lead: [
    "เปิดแบบฟอร์ม Excel หรือชุดข้อมูล เพื่อตรวจ แก้ไข และออกชุดข้อมูลรุ่นใหม่",
    "Open the Excel form or a package to check it, correct it, and release a new version.",
  ],
  drop: ["วางไฟล์ที่นี่", "Drop files here"],
  drop_kinds: ["แบบฟอร์ม .xlsx ไฟล์ ZIP โฟลเดอร์ หรือไฟล์ CSV", "A form (.xlsx), a ZIP file, a folder, or CSV files"],
  choose_file: ["เลือกไฟล์", "Choose files"],
  choose_folder: ["เลือกโฟลเดอร์", "Choose a folder"],
  no_form: ["ยังไม่มีแบบฟอร์ม", "No form yet?"],
  get_form: ["ดาวน์โหลดแบบฟอร์มเปล่า", "Download the empty form"],
  form_hint: [
    "กรอกด้วย Excel หรือ LibreOffice บันทึก แล้วนำกลับมาเปิดที่หน้านี้",
    "Fill it in with Excel or LibreOffice, save it, and open it here.",
  ],
  too_large: ["{name} ใหญ่เกิน {most} MB จึงไม่ได้เปิด", "{name} is larger than {most} MB and was not opened"],
  unreadable: [
    "อ่าน {name} ไม่ได้ หากไฟล์เปิดอยู่ในโปรแกรมอื่น ให้ปิดก่อน แล้วเลือกใหม่",
    "{name} cannot be read. If another program has it open, close it there and choose it again.",
  ],
  kept_title: ["งานที่เก็บไว้ในเครื่องนี้", "Work kept on this computer"],
  kept_of: ["{label} แก้ไข {count} จุด เก็บเมื่อ {when}", "{label}, {count} corrections, kept {when}"],
  kept_open: ["ทำต่อ", "Go on with it"],
  kept_drop: ["ลบออกจากเครื่อง", "Delete it"],
  portal_hint: [
    "การเผยแพร่ขึ้นระบบบัญชีข้อมูลและการลงลายมือชื่อดิจิทัล ทำด้วยคำสั่ง khelang publish และ khelang release --sign",
    "Publishing to a portal and signing need the command: khelang publish, khelang release --sign.",
  ],

  checked_ready: ["พร้อมออกชุดข้อมูล", "Ready to release"],
  checked_errors: ["ต้องแก้ {count} จุดก่อนออกชุดข้อมูล", "{count} to correct before a release"],
  checked_warnings: [
    "ไม่มีข้อผิดพลาด เหลือจุดที่ควรตรวจ {count} จุด",
    "No errors. {count} to look at before a release",
  ],
  of_file: ["ไฟล์: {label}", "File: {label}"],
  group_errors: ["ต้องแก้", "To correct"],
  group_warnings: ["ควรตรวจ", "To look at"],
  group_acknowledged: ["รับทราบแล้ว", "Acknowledged"],
  group_infos: ["ข้อสังเกต", "Remarks"],
  sheet_filter: ["แสดงเฉพาะตาราง", "Show one table"],
  all_sheets: ["ทุกตาราง", "All tables"],
  none_here: ["ไม่มีรายการ", "None"],
  places: ["{count} จุด", "{count} places"],
  more: ["แสดงเพิ่ม", "Show more"],
  cut: [
    "รายงานแสดง {listed} รายการแรก จากทั้งหมด {count} รายการ แก้แล้วตรวจใหม่เพื่อดูรายการที่เหลือ",
    "The report lists the first {listed} of {count}. Correct them and check again to see the others.",
  ],
  unread_title: ["ช่องที่อ่านไม่ได้", "Cells that were not understood"],
  corrections: ["การแก้ไข {count} จุด", "{count} corrections"],
  undo: ["เลิกทำ", "Undo"],
  keep: ["เก็บงานนี้ไว้ในเครื่องนี้", "Keep this work on this computer"],
  keep_hint: [
    "เก็บไว้ในเบราว์เซอร์นี้เท่านั้น ผู้ใช้เครื่องคนอื่นเปิดดูได้ หากไม่เก็บ งานจะหายเมื่อปิดหน้านี้",
    "Kept in this browser alone; others who use this computer can open it. Otherwise the work is gone when the page is closed.",
  ],
  keep_failed: ["เก็บไม่ได้ พื้นที่ของเบราว์เซอร์ไม่พอหรือถูกปิด", "It cannot be kept: the browser has no room, or forbids it."],
  downloads: ["ดาวน์โหลด", "Downloads"],
  get_report: ["รายงานผลการตรวจ (HTML)", "The report (HTML)"],
  get_report_csv: ["รายงานผลการตรวจ (CSV)", "The report (CSV)"],
  get_workbook: ["แบบฟอร์มที่แก้แล้ว (Excel)", "The corrected form (Excel)"],
  get_package: ["ชุดข้อมูลที่แก้แล้ว (ZIP)", "The corrected package (ZIP)"],
  as_package: ["แปลงแบบฟอร์มเป็นชุดข้อมูล", "Make a package of the form"],
  as_package_hint: [
    "ชุดข้อมูลรับคำอธิบายของจุดที่เอกสารต้นฉบับขัดกันเอง",
    "A package takes explanations of what the document itself contradicts.",
  ],
  to_release: ["ไปขั้นออกชุดข้อมูล", "Go on to release"],
  saved: ["บันทึกไฟล์ {name} แล้ว", "Saved {name}"],

  cell_title: ["แก้ไข {place}", "Correct {place}"],
  back: ["กลับไปผลการตรวจ", "Back to the findings"],
  found: ["ค่าที่พบ", "Found"],
  empty_cell: ["(ว่าง)", "(empty)"],
  remedy: ["วิธีแก้", "Remedy"],
  why: ["เหตุที่ต้องตรวจ", "Why this is checked"],
  rows_around: ["แถวใกล้เคียงใน {where}", "Rows around it in {where}"],
  row: ["แถว", "Row"],
  new_value: ["ค่าใหม่", "New value"],
  choose_value: ["เลือกค่า", "Choose a value"],
  save: ["บันทึกและตรวจใหม่", "Save and check again"],
  delete_row: ["ลบแถวนี้", "Delete this row"],
  next: ["จุดถัดไป", "Next"],
  previous: ["จุดก่อนหน้า", "Previous"],
  as_printed: ["ตรงกับเอกสารต้นฉบับ", "The document prints it so"],
  as_printed_hint: [
    "หากเอกสารต้นฉบับพิมพ์ไว้เช่นนี้ ให้อธิบายไว้ในตาราง errata คำเตือนนี้จะเป็น “รับทราบแล้ว”",
    "If the document prints it so, explain it in the table errata; the warning is then acknowledged.",
  ],
  add_erratum: ["เพิ่มใน errata และตรวจใหม่", "Add to errata and check again"],
  fixed: ["แก้แล้ว ไม่พบปัญหานี้อีก", "Corrected: this is no longer found"],
  still: ["บันทึกแล้ว ยังพบปัญหาที่ช่องนี้", "Saved; there is still a finding at this cell"],
  undone: ["เลิกทำการแก้ไขล่าสุดแล้ว", "The last correction is undone"],

  release_lead: [
    "โปรแกรมกำหนดเลขรุ่นจากการเปลี่ยนแปลง และรวมทุกไฟล์ไว้ในไฟล์ ZIP ที่ผู้อื่นตรวจสอบได้",
    "The tool derives the version from what changed, and packs all files into one ZIP that others can verify.",
  ],
  no_draft: ["ยังไม่ได้เปิดไฟล์", "No file is open"],
  day: ["วันที่ออกรุ่น (ค.ศ.)", "Day of the release"],
  note: ["บันทึกการเปลี่ยนแปลง", "What changed and why"],
  note_hint: [
    "ต้องกรอกเมื่อมีแถวหายไปหรือตัวเลขเปลี่ยนจากรุ่นก่อน เช่น แก้งบประมาณโครงการที่ 12 ตามเทศบัญญัติ",
    "Needed where rows go or figures change since the last release.",
  ],
  earlier: ["รุ่นก่อนหน้าของแผนนี้ (ไฟล์ ZIP)", "Earlier releases of this plan (ZIP files)"],
  earlier_hint: [
    "เลือกไฟล์ ZIP ของทุกรุ่นที่ออกแล้ว รุ่นแรกไม่ต้องเลือก",
    "Choose the ZIP of every release so far; none for the first release.",
  ],
  allow: ["เหตุผลที่ออกรุ่นทั้งที่ยังมีจุดที่ควรตรวจ", "Why it is released with open warnings"],
  approved: ["ผู้อนุมัติ", "Approved by"],
  preview: ["ดูเลขรุ่นที่จะได้", "Show the version"],
  make_release: ["ออกชุดข้อมูล", "Release"],
  would_be: ["รุ่นที่จะได้: {version}", "The version would be {version}"],
  nothing_new: ["ข้อมูลเหมือนรุ่น {version} จึงไม่ต้องออกรุ่นใหม่", "Nothing changed since {version}: no new release is needed"],
  released: ["ออกรุ่น {version} แล้ว มี {count} ไฟล์", "Released {version} with {count} files"],
  get_release: ["ดาวน์โหลดชุดข้อมูล (ZIP)", "Download the release (ZIP)"],
  get_site: ["ดาวน์โหลดเว็บไซต์ของแผน (ZIP)", "Download the plan's site (ZIP)"],
  no_parquet: [
    "รุ่นนี้ไม่มีไฟล์ Parquet เพราะเบราว์เซอร์สร้างไม่ได้ ไฟล์อื่นครบ",
    "This release has no Parquet files, which a browser cannot make; all other files are there.",
  ],

  compare_lead: ["เลือกชุดข้อมูลสองรุ่น เพื่อดูว่าแถวใดเพิ่ม หาย หรือเปลี่ยน", "Choose two versions to see which rows came, went or changed."],
  older: ["รุ่นเดิม (ZIP)", "The old version (ZIP)"],
  newer: ["รุ่นใหม่ (ZIP)", "The new version (ZIP)"],
  draft_is_newer: ["หากไม่เลือกรุ่นใหม่ จะใช้ไฟล์ที่เปิดอยู่", "Without a new version, the open file is taken."],
  do_compare: ["เทียบ", "Compare"],
  get_changes: ["ดาวน์โหลดรายการเปลี่ยนแปลง", "Download the list of changes"],

  verify_lead: [
    "เลือกไฟล์ ZIP ของรุ่นที่ได้รับมา เพื่อตรวจว่าไฟล์ครบและไม่ถูกแก้",
    "Choose the ZIP of a release that you were given, to see whether any file is missing or altered.",
  ],
  do_verify: ["ตรวจ", "Verify"],
  whole: ["ไฟล์ครบและตรงกับรายการของรุ่น", "Whole: the files are those of the release's list"],
  damaged: ["พบไฟล์ที่ขาด เกิน หรือถูกแก้", "Files are missing, added or altered"],

  new_version: ["มีโปรแกรมรุ่นใหม่", "There is a new version of the tool."],
  take_new: ["ใช้รุ่นใหม่", "Use it"],
  show_site: ["ดูตัวอย่างเว็บไซต์", "Preview the site"],
  site_frame: ["ตัวอย่างเว็บไซต์ของแผน", "Preview of the plan's site"],
  no_preview: [
    "ดูตัวอย่างได้หลังจากโหลดหน้านี้ครั้งที่สอง ระหว่างนี้ดาวน์โหลดเป็น ZIP ได้",
    "The preview works from the second visit of this page on; the ZIP works now.",
  ],

  footer: ["khelang_opendata {version} มาตรฐาน {schema}", "khelang_opendata {version}, standard {schema}"],
};

/**
 * A text of the page.
 * @param {"th"|"en"} lang
 * @param {keyof typeof TEXTS} key
 * @param {Record<string, string|number>} params the values of its braces
 */
export function text(lang, key, params = {}) {
  const found = TEXTS[key][lang === "th" ? 0 : 1];
  return found.replace(/\{(\w+)\}/g, (_, name) => String(params[name]));
}

/** The text of an answer in a language: `message_th`, `message_en`. */
export const inLanguage = (object, name, lang) => object[`${name}_${lang}`] ?? "";
