"""The dock of the reading room: shows the room, and hands the reader's wishes to it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, Qt, QTimer
from qtpy.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from napari_recist.key_images.recorder import KeyImageRecorder
from napari_recist.panels.case_bar import CaseBar
from napari_recist.panels.context_menu import Menus
from napari_recist.panels.finding_bar import FindingBar
from napari_recist.panels.fold import FoldStrip
from napari_recist.panels.help_sheet import HelpSheet
from napari_recist.panels.key_bindings import (
    FOLD_KEY,
    NO_KEY,
    YES_KEY,
    Asks,
    bindings,
)
from napari_recist.panels.lesion_bar import LesionBar
from napari_recist.panels.mask_bar import MaskBar
from napari_recist.panels.mask_bindings import with_mask_keys
from napari_recist.panels.mask_list import MaskList
from napari_recist.panels.question_bar import QuestionBar
from napari_recist.panels.read_tab import ReadTab
from napari_recist.panels.series_list import SeriesList, Shown, VisitSeries
from napari_recist.panels.series_menu import SeriesMenu
from napari_recist.panels.sign_bar import SignBar
from napari_recist.panels.tabs import Tabs
from napari_recist.panels.toolkit import Toolkit
from napari_recist.panels.worklist import WorklistPanel
from napari_recist.room.carry_over import CarryOver
from napari_recist.room.import_masks import MaskImport
from napari_recist.room.nudge_caliper import CaliperNudge
from napari_recist.room.other_lesions import OtherLesions
from napari_recist.room.room import Room
from napari_recist.room.segmentation import LesionSegmentation
from napari_recist.tour.guide import Guide
from napari_recist.viewport.annotations.overlay_widget import canvas_of
from napari_recist.viewport.viewport_grid import ViewportGrid
from napari_recist.widgets.accessible_names import is_control, name_controls
from napari_recist.widgets.background import Loader
from napari_recist.widgets.elided_label import ElidedLabel
from napari_recist.widgets.file_drop import admit, dropped
from napari_recist.widgets.flow_layout import Column
from napari_recist.widgets.held_painting import HeldPainting
from napari_recist.widgets.inline_question import InlineQuestion
from napari_recist.widgets.key_filter import KeyFilter
from napari_recist.widgets.key_map import KeyMap, keys_path
from napari_recist.widgets.messages import Foot
from napari_recist.widgets.theme import Dress, lettered, points
from napari_recist.widgets.vertical_scroll_area import VerticalScrollArea
from recist_tool.app.reading import UNDATED, caliper_words, describe, subject_of
from recist_tool.terms import LesionRole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from napari.viewer import Viewer
    from qtpy.QtCore import QPoint
    from qtpy.QtGui import QDragEnterEvent, QDropEvent

    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from napari_recist.widgets.key_filter import Key
    from recist_tool.app.reading import NewLesion

REST_MS = 500
"""How long no key nudges a caliper before it has come to rest."""

STYLE = """
QPushButton { padding: 3px 6px; }
QPushButton:focus { border: 2px solid $active; padding: 1px 4px; }
QTabBar::tab { padding: 3px 7px; }
#subject_form QComboBox { padding: 3px 2px 3px 5px; }
QSplitter { padding: 0px; }
InlineQuestion, #note { background: $ground; }
InlineQuestion QLabel, #note { color: $text; }
"""


class ReadingRoom(QWidget):
    """The one dock widget of the plugin.

    Parameters
    ----------
    napari_viewer
        The viewer whose canvas is read in.

    Attributes
    ----------
    room
        Everything that is not a widget.
    """

    def __init__(self, napari_viewer: Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loader, self._body = Loader(self), QWidget()
        self.lightbox = ViewportGrid.around(napari_viewer)
        self.room = Room(napari_viewer, self.loader, self.lightbox)
        reading, recorder = self.room.reading, self.room.recorder
        self._case_bar, self._series = CaseBar(self.room), SeriesList(self.loader)
        self._caliper, self._new, self._next, self._form, self._take_masks = (
            QPushButton(),
            QPushButton(),
            ElidedLabel(),
            LesionBar(),
            QPushButton("Masks\N{HORIZONTAL ELLIPSIS}"),
        )
        self._findings, self._why = FindingBar(reading, recorder), _reason()
        self._read, self._sign = (
            ReadTab(reading, self.room.missing, self.loader),
            SignBar(reading),
        )
        self.album = KeyImageRecorder(self.room, self.loader, self)
        self._pages = Tabs(self._read, self.room, self.album)
        self._foot = Foot(self._body)
        self.contouring = finder = LesionSegmentation(self.room, self.loader)
        self.carrying = carrying = CarryOver(self.room, self.loader, finder)
        self.others = OtherLesions(self.room, self.loader, finder, carrying)
        self._masks = MaskList(MaskImport(self.room, self.loader, finder))
        self.nudging, self.kit = (
            CaliperNudge(self.room),
            Toolkit(self.room, finder, self._read.shown, self.lightbox, self),
        )
        self._key_map = KeyMap(self._actions(), keys_path())
        self.fold = FoldStrip(self._body, self.lightbox, reading)
        self._keys = KeyFilter(self, self._key_map.find, self.lightbox)
        self._help = HelpSheet(self._key_map, self._keys, self.refresh, self.lightbox)
        self._patients = WorklistPanel(self.room, self.loader, self.open)
        self._lay_out()
        self._connect()
        self._guide = self._guided()
        reading.changed.connect(self.refresh)
        if self.lightbox is not None:
            self.lightbox.attach(self.room)
        self.destroyed.connect(partial(_let_go, self.room, self.loader))
        self.refresh()

    def open(self, paths: Sequence[Path]) -> None:
        """Open folders of images, DICOMDIRs, or one case."""
        self.room.open(paths)

    def own_window(self) -> None:
        """Take every key of the window: nothing of napari is used in it."""
        self._keys.owns_window = True

    def close_room(self) -> None:
        """Give back the case, the keys and the mouse."""
        if self.loader.closed:
            return
        self.loader.close()
        self._painting.let_go()
        self._help.hide()
        self._sign.dialog.reject()
        self.nudging.settle()
        if self._guide is not None:
            self._guide.close()
        self._keys.detach()
        self.room.close()
        if self.lightbox is not None:
            self.lightbox.give_back()

    def event(self, event: QEvent) -> bool:
        """Close the room when its dock is taken out of the window, and end with it.

        What stayed would hold a patient's words and images where nobody sees them.
        """
        if event.type() == QEvent.Type.ParentChange and self.parentWidget() is None:
            self.close_room()
            self.deleteLater()
        return super().event(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders."""
        admit(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped on the dock."""
        self.room.open_dropped(dropped(event))

    def refresh(self) -> None:
        """Show the read as it stands."""
        room, reading = self.room, self.room.reading
        self._case_bar.refresh()
        visits, studies = reading.visits, room.studies
        found = {
            one.timepoint_id: VisitSeries(
                studies.of_visit(one), room.missing.of_visit(one)
            )
            for one in visits
        }
        shown = Shown(reading.timepoint_id or "", room.shown_key)
        undated, told = studies.undated(), reading.blinding
        self._series.show_visits(visits, found, undated, shown, told)
        self._refresh_tools()
        used = [one.organ for one in reading.read.lesions] if reading.read else []
        protocol = reading.protocol
        self._form.offer(protocol.organs, used, protocol.settings.organ_words)
        self._form.show_subject(subject_of(reading))
        self._findings.name_keys(self._key_map.sequence)
        self._findings.refresh()
        self._masks.refresh()
        self._pages.refresh()
        self._sign.refresh()
        self._tell()
        self._foot.show_note(reading.note)
        if reading.note.is_error:
            self._painting.let_go()
        self._refresh_reason()
        self._question.refresh(*map(self._key_map.sequence, (YES_KEY, NO_KEY)))
        self._refresh_fold()

    def _refresh_tools(self) -> None:
        """Show what begins a measurement, and what is measured next."""
        reading, sequence = self.room.reading, self._key_map.sequence
        self._caliper.setChecked(self.room.tool.armed)
        self._caliper.setText(f"Caliper  {sequence('M')}".rstrip())
        self._new.setText(f"New  {sequence('W')}".rstrip())
        self._new.setChecked(reading.new_wanted)
        self._new.setVisible(not reading.is_baseline)
        measures = self._measures()
        self._next.say([measures], measures)

    def _measures(self) -> str:
        splitting = self.room.recorder.is_splitting
        return f"measures {caliper_words(self.room.reading, splitting=splitting)}"

    def _refresh_fold(self) -> None:
        """Say on the strip, or over the images, what the folded panel would."""
        self.fold.setToolTip(
            f"{'Open' if self.fold.is_folded else 'Fold'} the panel  "
            f"{self._key_map.sequence(FOLD_KEY)}".rstrip()
        )
        viewing = self.room.viewing
        panes = self.lightbox.frames if self.lightbox is not None else ()
        at = viewing.stations.index(viewing.active)
        pane = panes[at] if at < len(panes) else self
        keys = [self._key_map.sequence(one) for one in (YES_KEY, NO_KEY)]
        self.fold.refresh(self._measures(), pane, *keys)

    def _refresh_reason(self) -> None:
        """Ask why a signed answer is to change, as long as that waits for a reason."""
        if self.room.reading.unreasoned is None:
            self._why.hide()
        elif self._why.isHidden():
            self._opened(self._why.ask)()

    def _tell(self) -> None:
        """Show what there is to say of the read by the criteria that are looked at."""
        reading = self.room.reading
        messages = self._read.judged.messages
        self._foot.messages.show_session(reading.session, messages, reading.lesion_id)

    def _actions(self) -> Iterable[Key]:
        keys = bindings(
            self.room,
            Asks(
                organ=self._opened(self._form.focus_organ),
                reason=self._opened(self._findings.ask_reason),
                length=self._opened(self._findings.ask_length),
                partner=self._opened(self._findings.ask_partner),
                signature=self._sign.ask,
                sign_button=self._opened(self._sign.lead),
                split=self._on_split,
                sheet=lambda: self._help.toggle(),
                image=self._opened(self._pages.choose_image),
                masks=self._opened(self._masks.ask),
                role=self._form.next_role,
                node=self._form.toggle_node,
                page=self._turn_page,
                fold=lambda: self.fold.toggle(),
                pane=self._to_panes,
                control=self._opened(self._to_next_control),
                hanging=self._ask_hanging,
            ),
        )
        keys = with_mask_keys(
            keys, self.room, self.contouring, self.carrying, self.others
        )
        keys = self.kit.with_keys(keys)
        keys["Escape"] = self._after_sheet(keys["Escape"])
        return [*keys.values(), *self.nudging.keys]

    def _opened(self, act: Callable[[], None]) -> Callable[[], None]:
        """Open a folded panel before something in it takes the keys."""

        def do() -> None:
            self.fold.unfold()
            act()

        return do

    def _ask_hanging(self) -> None:
        if self.lightbox is not None:
            self.lightbox.bar.ask_hanging()

    def _turn_page(self, pages: int) -> None:
        self._opened(partial(self._pages.turn, pages))()

    def _after_sheet(self, key: Key) -> Key:
        """Let a key close the sheet of keys before it does anything else."""

        def act() -> None:
            if self._help.isHidden():
                key.action()
            else:
                self._help.put_away()

        return key._replace(action=act)

    def _tools(self) -> QHBoxLayout:
        """Return the row of what begins a measurement."""
        self._caliper.setCheckable(True)
        self._caliper.setObjectName("caliper")
        self._next.setObjectName("what is measured")
        self._new.setCheckable(True)
        self._new.setObjectName("new lesion")
        self._new.setToolTip("The next caliper is a new lesion: progression")
        self._take_masks.setObjectName("take masks")
        self._take_masks.setToolTip("Take masks of a file (Shift+I)")
        tools = QHBoxLayout()
        tools.addWidget(self._caliper)
        tools.addWidget(self._new)
        tools.addWidget(self._next, 1)
        tools.addWidget(self._take_masks)
        return tools

    def _lay_out(self) -> None:
        self._question = QuestionBar(self.room.reading, self._body)
        self.setAcceptDrops(True)
        self._pages.addTab(self._patients, "Worklist")
        upper = Column(self._case_bar, self._series, stretched=self._series)
        tools_for_masks = MaskBar(self.room, self.contouring, self.carrying)
        lower = Column(
            self._tools(),
            tools_for_masks,
            self._form,
            self._findings,
            self._pages,
            self._masks,  # it comes and goes: below what is clicked, nothing moves
            self._sign,
            stretched=self._pages,
        )
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(upper)
        split.addWidget(lower)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        column = QVBoxLayout(self._body)
        column.setContentsMargins(2, 4, 4, 4)
        column.setSpacing(4)
        column.addWidget(VerticalScrollArea(split), 1)
        column.addWidget(self._foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.fold)
        row.addWidget(self._body, 1)
        self._why.lie_over(self._sign)
        self.kit.lie_over(self._sign)
        name_controls(self)
        Dress(self, lambda: lettered(points()) + STYLE)

    def _connect(self) -> None:
        room, reading = self.room, self.room.reading
        self._series.series_chosen.connect(room.show_series)
        self._series.visit_chosen.connect(self._on_visit)
        self._series.visit_dated.connect(self._on_date)
        self._caliper.clicked.connect(self._on_caliper)
        self._new.clicked.connect(self._on_new)
        self._take_masks.clicked.connect(self._masks.ask)
        self._form.edited.connect(self._on_described)
        self._form.left.connect(self._to_image)
        self._findings.asked.connect(reading.attempt)
        self._findings.left.connect(self._to_image)
        self._findings.splitting.connect(self._on_split)
        self._sign.asked.connect(reading.attempt)
        self._sign.left.connect(self._to_image)
        self._why.answered.connect(reading.give_reason)
        self._why.left.connect(self._to_image)
        self._pages.asked.connect(reading.attempt)
        self._pages.image_picked.connect(room.go_to_cell)
        self._series.menu_wanted.connect(self._on_menu)
        self._read.cell_chosen.connect(room.go_to_cell)
        self._read.visit_chosen.connect(reading.open_timepoint)
        self._read.edited.connect(self._on_edit)
        self._read.judged_by.connect(self._tell)
        self._foot.note.put_away.connect(partial(reading.say, ""))
        self._case_bar.opened.connect(self.open)
        self.fold.refused.connect(partial(reading.say, is_error=True))
        self._let_nudges_rest()
        self._connect_tools()
        self._paint_at_once()
        self._keys.attach()

    def _connect_tools(self) -> None:
        kit = self.kit
        self._menus = Menus(kit, self)
        self._read.menu_wanted.connect(self._menus.show_cell)
        kit.key_of = self._key_map.sequence
        kit.left.connect(self._to_image)
        kit.comment_wanted.connect(self._opened(self._pages.write_comment))
        kit.reason_wanted.connect(self.fold.unfold)

    def _guided(self) -> Guide | None:
        """Return who leads a new reader; nobody where there is no window."""
        canvas = canvas_of(self.room.pane.viewer)
        if self.lightbox is None or canvas is None:
            return None
        guide = Guide(self.room, self.lightbox, canvas, self._key_map.sequence)
        guide.welcome.opened.connect(self.room.open_dropped)
        guide.welcome.folder_wanted.connect(self._case_bar.ask_folder)
        guide.welcome.server_wanted.connect(self._case_bar.ask_server)
        guide.welcome.worklist_wanted.connect(self._on_worklist)
        self._help.tour_wanted.connect(guide.begin)
        self._read.explained.connect(guide.told_why)
        return guide

    def _on_worklist(self) -> None:
        self._pages.setCurrentWidget(self._patients)
        self._patients.ask_folder()

    def _paint_at_once(self) -> None:
        """Paint a case that is opened when its first image is there."""
        self._painting = HeldPainting(self)
        self.room.switched.connect(self._painting.hold)
        self.room.viewing.shown.connect(self._on_image)

    def _on_image(self, _station: MeasuringViewport) -> None:
        self._painting.let_go()

    def _let_nudges_rest(self) -> None:
        """Record a nudged caliper after a while, and before anything else happens."""
        rest = QTimer(self)
        rest.setSingleShot(True)
        rest.setInterval(REST_MS)
        rest.timeout.connect(self.nudging.settle)
        self.nudging.moved.connect(lambda: rest.start())
        self._keys.before = self.nudging.settle_before

    def _on_visit(self, timepoint_id: str) -> None:
        if timepoint_id != UNDATED:
            self.room.reading.open_timepoint(timepoint_id)

    def _on_date(self, timepoint_id: str, text: str) -> None:
        self.room.reading.attempt(partial(self.room.set_date, timepoint_id, text))

    def _on_menu(self, key: str, timepoint_id: str, at: QPoint) -> None:
        series = self.room.studies.find(key)
        if series is not None:
            SeriesMenu(self.room, series, timepoint_id, self).popup(at)

    def _on_described(self, wanted: NewLesion) -> None:
        """Take the role, organ and name; a new lesion is looked for in its window."""
        reading = self.room.reading
        organ = reading.new_lesion.organ
        describe(reading, wanted)
        if reading.lesion is None and reading.new_lesion.organ != organ:
            self.room.windows.turn_to(wanted.organ)

    def _on_caliper(self) -> None:
        self.room.arm()

    def _on_new(self, on: bool) -> None:
        if on:
            self.room.draw_new(LesionRole.NEW)
        else:
            self.room.reading.choose(None)
            self.room.arm(on=False)

    def _on_split(self) -> None:
        room = self.room
        if room.reading.attempt(room.recorder.split):
            note = room.reading.note
            room.arm(on=room.recorder.is_splitting)
            room.reading.say(note.text)

    def _on_edit(self, lesion_id: str, field: str, text: str) -> None:
        reading = self.room.reading
        reading.attempt(partial(reading.revise, lesion_id, **{field: text}))

    def _to_panes(self) -> None:
        """Give the focus to the pane at work; from there, to the next one."""
        viewing, focus = self.room.viewing, QApplication.focusWidget()
        if focus is not None and not self.isAncestorOf(focus):
            viewing.activate_next()
        canvas = canvas_of(viewing.active.pane.viewer)
        if canvas is not None:
            canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _to_next_control(self) -> None:
        """Give the focus to the next control of the panel; from a pane, to the first.

        Through them it goes round: a pane is reached by its own key.
        """
        focus = QApplication.focusWidget()
        here = focus if focus is not None and self.isAncestorOf(focus) else self
        following = here.nextInFocusChain()
        while following is not None and following is not here:
            if self.isAncestorOf(following) and _takes_tab(following):
                following.setFocus(Qt.FocusReason.TabFocusReason)
                return
            following = following.nextInFocusChain()

    def _to_image(self) -> None:
        """Take the focus out of the fields, so that keys act on the image again."""
        self._pages.show_read()
        self._read.take_focus()


def _reason() -> InlineQuestion:
    return InlineQuestion("change reason", "Reason for this change")


def _takes_tab(widget: QWidget) -> bool:
    return is_control(widget) and widget.isVisible() and widget.isEnabled()


def _let_go(room: Room, loader: Loader) -> None:
    """Leave the case to others when the whole window goes."""
    loader.close()
    room.reading.leave()
