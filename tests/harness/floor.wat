;; The least that a filter_map can do. Input and output have records in the same form, so it hands
;; them back in place. What remains is the engine's own cost, which no module can avoid.
(module
  (import "env" "copy_records" (func $copy_records (param i32 i32)))
  (memory (export "memory") 1)
  ;; One batch at a time, always at the same address.
  (func (export "alloc") (param $length i32) (result i32)
    (local $missing i32)
    (local.set $missing
      (i32.sub
        (i32.shr_u (i32.add (local.get $length) (i32.const 131071)) (i32.const 16))
        (memory.size)))
    (if (i32.gt_s (local.get $missing) (i32.const 0))
      (then (drop (memory.grow (local.get $missing)))))
    (i32.const 1024))
  (func (export "look_back") (param $input i32) (param $length i32) (param $version i32) (result i32)
    (i32.const 0))
  ;; The input from engine version 23 on: base offset (8 bytes), length of the records (4), the
  ;; records, base timestamp (8).
  (func (export "filter_map") (param $input i32) (param $length i32) (param $version i32) (result i32)
    (local $records i32)
    (local $size i32)
    (local.set $records (i32.add (local.get $input) (i32.const 12)))
    (local.set $size (i32.sub (local.get $length) (i32.const 20)))
    ;; "No error" goes right after the records, over the base timestamp.
    (i32.store8 (i32.add (local.get $records) (local.get $size)) (i32.const 0))
    (call $copy_records (local.get $records) (i32.add (local.get $size) (i32.const 1)))
    (i32.const 0)))
