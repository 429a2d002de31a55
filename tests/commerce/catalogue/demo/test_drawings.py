"""The demo shop's pictures: whole, different from one another, the same every time."""

import hashlib
import time

import pytest
from PIL import Image

from stoa.commerce.catalogue.demo.assortment import assortment, category_sketch, planned_pictures
from stoa.commerce.catalogue.demo.drawings.colours import GROUNDS, TINTS, mixed, rgb
from stoa.commerce.catalogue.demo.drawings.gallery import DRAWINGS, SCENES, Sketch, draw
from stoa.commerce.catalogue.demo.drawings.pen import Pen
from stoa.commerce.catalogue.demo.drawings.shapes import box, circle, lathe, path

PLANNED = [
    plan for product in assortment().products for plan in planned_pictures(assortment(), product)
]

FULL_SCENES = {"table_lamp_lit", "lantern_lit", "amphora_garden"}  # these fill their picture


def digest(image: Image.Image) -> str:
    return hashlib.sha256(image.tobytes()).hexdigest()


def test_draws_no_two_pictures_alike() -> None:
    small = [digest(draw(plan.sketch, pixels=200)) for plan in PLANNED]
    assert len(set(small)) == len({plan.sketch for plan in PLANNED}) == len(PLANNED)


def test_draws_the_same_picture_again() -> None:
    sketch = PLANNED[0].sketch
    assert digest(draw(sketch)) == digest(draw(sketch))


def test_draws_at_full_size() -> None:
    assert draw(PLANNED[0].sketch).size == (1600, 1600)


@pytest.mark.parametrize("name", sorted(DRAWINGS.keys() - FULL_SCENES))
def test_keeps_the_thing_inside_its_picture(name: str) -> None:
    """The corners show the ground (or the floor): nothing runs out of the frame there."""
    image = draw(Sketch(((name, "olive"),), "sand"), pixels=200)
    ground = rgb(GROUNDS["sand"])
    assert image.getpixel((1, 1)) == ground
    assert image.getpixel((198, 1)) == ground
    colours = image.getcolors(maxcolors=40_000)
    assert colours is not None
    covered = 1 - sum(count for count, colour in colours if colour == ground) / 40_000
    assert 0.05 < covered < 0.95


@pytest.mark.parametrize("category", assortment().categories, ids=lambda category: category.code)
def test_draws_a_picture_for_every_category(category: object) -> None:
    sketches = {category_sketch(item) for item in assortment().categories if item is category}
    assert [draw(sketch, pixels=100).size for sketch in sketches] == [(100, 100)]


def test_every_colour_can_be_told_from_the_others() -> None:
    tints = list(TINTS.values())
    for at, one in enumerate(tints):
        for other in tints[at + 1 :]:
            distance = sum(abs(a - b) for a, b in zip(rgb(one), rgb(other), strict=True))
            assert distance > 12, (one, other)


@pytest.mark.parametrize(
    ("name", "size"), [("hero", (2400, 1200)), ("emblem", (512, 512)), ("wordmark", (1600, 400))]
)
def test_draws_the_shops_own_pictures(name: str, size: tuple[int, int]) -> None:
    assert SCENES[name]().size == size


def test_draws_a_picture_in_a_tenth_of_a_second_of_one_core() -> None:
    """189 of them then take ten seconds on two cores; three times that is allowed here."""
    started = time.process_time()
    for plan in PLANNED[::10]:
        draw(plan.sketch)
    assert (time.process_time() - started) / len(PLANNED[::10]) < 0.3


def test_smooths_edges() -> None:
    pen = Pen("#000000", pixels=100, floor=False)
    pen.fill(circle(800, 800, 400), "#FFFFFF")
    colours = pen.finished().getcolors(maxcolors=10_000)
    assert colours is not None
    assert len(colours) > 2


def test_shows_nothing_outside_of_a_clip() -> None:
    pen = Pen("#000000", pixels=160, floor=False)
    with pen.within(box(400, 400, 800, 800)):
        pen.fill(box(0, 0, 1600, 1600), "#FFFFFF")
    image = pen.finished()
    assert image.getpixel((60, 60)) == (255, 255, 255)
    assert image.getpixel((30, 60)) == (0, 0, 0)


def test_turns_and_scales_around_a_point() -> None:
    pen = Pen("#000000", pixels=160, floor=False)
    with pen.around(800, 800, turn=90, scale=0.5):
        pen.fill(box(800, 760, 1600, 840), "#FFFFFF")
    image = pen.finished()
    assert image.getpixel((80, 100)) == (255, 255, 255)
    assert image.getpixel((80, 125)) == (0, 0, 0)
    assert image.getpixel((100, 80)) == (0, 0, 0)


def test_refuses_to_draw_within_nothing() -> None:
    pen = Pen("#000000", pixels=16, floor=False)
    with pytest.raises(ValueError, match="outside"), pen.within(box(2000, 0, 2100, 100)):
        pass


def test_reads_outlines() -> None:
    points = path("M 0,0 H 10 V 20 L 30,40 Z")
    assert points == [(0, 0), (10, 0), (10, 20), (30, 40)]


def test_measures_a_turned_body() -> None:
    body = lathe("M 0,0 H 50 L 100,100 H 0")
    assert body.radius_at(50) == 75
    with pytest.raises(ValueError, match="reach"):
        body.radius_at(101)


def test_mixes_colours() -> None:
    assert mixed("#000000", "#FFFFFF", 0.2) == "#333333"
