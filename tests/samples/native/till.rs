#![feature(no_core, lang_items)]
#![no_core]
#![no_main]
#![allow(internal_features)]

#[lang = "pointee_sized"]
pub trait PointeeSized {}
#[lang = "meta_sized"]
pub trait MetaSized: PointeeSized {}
#[lang = "sized"]
pub trait Sized: MetaSized {}
#[lang = "copy"]
pub trait Copy {}
impl Copy for i32 {}

#[no_mangle]
#[inline(never)]
pub extern "C" fn pay(coins: i32) -> i32 {
    let held = coins;
    held
}

#[no_mangle]
pub extern "C" fn start() -> i32 {
    pay(7)
}
